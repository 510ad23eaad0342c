"""Serve the site alone, publishing as it goes: ``python -m tests.site --port 8899 --every 20``."""

from __future__ import annotations

import argparse
import datetime as dt
import time

from tests.site import SHANGHAI, Site


def main() -> None:
    """Publish in real time until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.site", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--articles", type=int, default=20, help="published at the start")
    parser.add_argument("--every", type=float, default=20.0, help="seconds between two articles after that")
    given = parser.parse_args()
    with Site(port=given.port) as site:
        site.news.now = dt.datetime.now(SHANGHAI)
        site.news.publish(given.articles, apart=30)
        print(site.base, flush=True)
        while True:
            time.sleep(given.every)
            site.news.now = dt.datetime.now(SHANGHAI)
            site.news.publish()


if __name__ == "__main__":
    main()
