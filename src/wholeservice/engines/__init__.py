"""Engines: run a query on the tables of one pinned snapshot, and know nothing of what the rows mean."""
