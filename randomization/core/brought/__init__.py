"""A list that a statistician brings: from the rows of a file to the content of a list, or to its faults."""
