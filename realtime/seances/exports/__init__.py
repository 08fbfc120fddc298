"""Minutes as files to take away, sign and keep."""
