"""What belongs to the demonstration alone: its people, and something for every component to show."""
