"""Protocol files: the trial as data, read and checked; and the holidays that its sites keep."""
