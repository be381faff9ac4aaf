"""Long work beside the requests: rows, a thread that does it, and its pages. It knows no kind of work."""
