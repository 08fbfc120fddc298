"""Pages of sollicitations."""
