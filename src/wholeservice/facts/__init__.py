"""From raw rows to facts that can be trusted: mapped, kept, superseded, resolved.

How it works. `ingest` reads the declared sources and maps their rows: `mapping*` say how a row becomes facts, from the
declaration (`mapping_load`) over the header of a file (`mapping_plan`) to whole columns (`mapping_rows`, `mapping_values`).
`supersede` weighs what a source says now against what it said before; `store` commits the difference as one run that
pins every table. `identity` resolves foreign names to entities when facts are read, never before.
"""
