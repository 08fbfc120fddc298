"""Pages of meetings, one file per feature."""
