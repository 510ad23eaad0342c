"""The commands of ``newslake``, by what they do to the lake: writing, reading, upkeep."""
