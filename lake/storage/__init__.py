"""The lake on disk: raw zone, structured zone, their commits and snapshots."""
