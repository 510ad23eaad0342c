"""Derived tables: rows made from ``articles`` and kept in another order, so that questions read little.

Nothing rests on them: they may be deleted at any time and are made again when the lake is published next. A
table is declared as one value (``table.Derived``) and named in ``tables.DERIVED``; ``segments`` are its files,
``upkeep`` makes them, ``relations`` gives them to the views as ``stored.<name>``.
"""
