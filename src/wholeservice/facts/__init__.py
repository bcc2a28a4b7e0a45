"""Facts that can be trusted: ingested, weighed, kept, resolved, forgotten and judged.

How it works. `ingest` reads the declared sources and has their rows mapped (the room `mapping`). `supersede` weighs what a
source says now against what it said before; `staging` and `committing` bring the difference to the disk, and `store` commits
it as one run that pins every table. `identity` resolves foreign names to entities when facts are read, never before;
`quality` judges each source; `forget`, `maintenance` and `backup` are the only code that takes anything away.
"""
