"""What every page of either door shares: its frame and forms, what a request passes through, help, tour."""
