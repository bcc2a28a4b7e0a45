"""From a table that nobody here has seen to a proposed declaration of it. Pure.

How it works. `seen` counts what each column holds while the table streams by; `columns` says what a column is (`moments`,
`money`, `periods`, `scores` ...); `kinds` ranks which fact a row may be; `propose` writes the declaration, line by line with
its reason (`entries`, `fields`), and `trial` runs it through the code that ingest uses. What is unsure is commented out.
"""
