"""The clinic door's pages of the calendar: views, forms, and what makes values fit for a page."""
