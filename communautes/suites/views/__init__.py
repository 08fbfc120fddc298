"""Pages of decisions and tasks, one file per kind."""
