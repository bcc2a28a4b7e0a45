"""The organisation: what is declared in YAML (and seen by sources), as one typed graph that every other room reads.

kinds.py declares what may be written; load.py reads it, check.py says what does not hold together, graph.py and remit.py
answer questions of it, sightings.py adds what sources saw, schema.py and start.py help people write it.
"""
