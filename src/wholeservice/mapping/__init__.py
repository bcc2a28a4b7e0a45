"""From raw rows to the rows of facts: read as declared, freed of who people are, and fingerprinted.

How it works. A declaration (`load` makes it from YAML; `base` says what it is made of) meets the header of a file (`plan`);
then `rows` turns batches into whole columns: `values`, `numbers`, `moments`, `lists` read cells, `where` filters, `wide`
unfolds columns that are periods, `refused` tells what could not be read and `quarantine` is what is kept of it. `guard`
sees every column before anything is made of it: a person becomes a pseudonym. Nothing here reads a file or a store.
"""
