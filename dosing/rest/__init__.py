"""The endpoints of the calendar, and the shapes of what they take and show."""
