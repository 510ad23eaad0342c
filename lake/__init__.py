"""newslake's core: sources, extraction, storage and views as plain Python and SQL, without Prefect."""
