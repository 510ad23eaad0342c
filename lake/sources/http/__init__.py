"""The parts of fetching: settings, checked addresses, the wire, content codings, politeness, robots.txt."""
