"""Lineage for Prefect: source -> captures -> articles -> lake.duckdb, as assets that a run materialized."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prefect.assets import Asset, add_asset_metadata, materialize
from prefect.assets.core import AssetProperties
from prefect.cache_policies import NO_CACHE

from lake.locations import LakeRoot
from lake.report import Report

__all__ = ["asset_key", "record"]

_NOT_IN_KEYS = str.maketrans(dict.fromkeys(" #?&%\"'<>[]{}|\\^`\n\r\t\0", "_"))  # Prefect refuses them
_LONGEST = 500  # Prefect takes 512 characters
_SOURCES = 20  # sources named one by one; a glob that a shell expanded would name thousands


def asset_key(place: str) -> str:
    """The key of the asset at a path or URL, or of a configured source by its name."""
    if "://" not in place and os.path.exists(place):  # noqa: PTH110 -- Path.exists raises for long names
        place = str(Path(place).absolute())
    scheme = "" if "://" in place else "file://" if place.startswith("/") else "source://"
    return (scheme + place).translate(_NOT_IN_KEYS)[:_LONGEST]


def record(root: LakeRoot, report: Report, sources: Iterable[str] = ()) -> None:
    """Tell Prefect what a run made of what. ``sources`` empty: captures were only read."""
    captures = _asset(str(root.table("captures")), "captures", "Raw pages, as they came")
    articles = _asset(str(root.table("articles")), "articles", "Structured articles, with all revisions")
    database = _asset(str(root.database), "lake.duckdb", "SQL views of the newest snapshot")
    origins = [asset_key(each) for each in list(sources)[:_SOURCES]]
    facts = {**report.counts(), "snapshot": report.snapshot, "run_id": report.run_id}
    if origins:
        _made(captures, origins, facts)
    _made(articles, [captures], facts)
    _made(database, [articles], facts)


def _asset(place: str, name: str, description: str) -> Asset:
    properties = AssetProperties(name=name, description=description, url=f"file://{place}")
    return Asset(key=asset_key(place), properties=properties)


def _made(asset: Asset, of: list[Asset] | list[str], facts: dict[str, Any]) -> None:
    def note() -> None:
        add_asset_metadata(asset, facts)

    name = asset.properties.name if asset.properties else None
    materialize(asset, by="newslake", name=f"made {name}", asset_deps=list(of), cache_policy=NO_CACHE)(note)()
