"""Pages of meetings that are held, one file per feature."""
