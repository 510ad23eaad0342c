"""Thin Prefect tasks over lake/: they pass ids, paths and counts, never page text."""
