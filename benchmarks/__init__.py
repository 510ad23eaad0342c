"""Generated data and measurements; nothing here is needed to run newslake."""
