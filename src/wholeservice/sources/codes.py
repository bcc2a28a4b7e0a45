"""The help page of every problem a source or its mapping can have; `wholeservice explain CODE` prints it."""

from __future__ import annotations

CODES: dict[str, str] = {
    # the declaration
    "SRC101": "A key of the declaration is not one that this kind of source, or its mapping, understands. "
    "docs/map_a_table.md lists them.",
    "SRC102": "The source's kind is not known. Without `kind:` a source is a `table`: a file or files with rows and columns.",
    "SRC103": "Something that must be there is not: a source needs `file:` and at least one entry under `facts:`.",
    "SRC104": "A fact is one of the thirteen kinds, named in the singular: interaction, answer, contact, item, work, "
    "deployment, incident, call, money, sighting, tally, link, judgement.",
    "SRC105": "The fact of this kind has no such field. The field names are those of tables.py; docs/map_a_table.md lists "
    "them.",
    "SRC106": "A field that every fact of this kind must have is not given. Write it as a text (the same for every row) or "
    "with the name of a column in braces.",
    "SRC107": 'A value is spelled in a way that cannot be read. Text is itself; a name in braces is a column: "{Name of '
    'service}". The long form has `column:` or `text:`, and how to read it.',
    "SRC108": "The file has no column of that name. Names are as in the header row, blanks at both ends left out; a whole "
    "number is a position, from 1.",
    "SRC109": "Two or more columns have this name, so it does not say which is meant. Use the column's position instead.",
    "SRC110": "The position lies outside the file's columns. Positions count from 1.",
    "SRC111": "Every entry under `each:` must bind the same names, and a fact may use only those names and the file's columns.",
    "SRC112": "A fixed text stands where a number, date, instant or flag is needed, and cannot be read as one. If a column "
    "was meant, put its name in braces.",
    "SRC113": "How to read the value is not understood: its format, zone, unit, decimal mark, or what to do otherwise.",
    "SRC114": "`${name}` stands for a setting of the workspace, and there is none of that name.",
    "SRC115": "A column's own label names another period than the mapping declares. The declared period is used. If the "
    "label is wrong (it happens: a header that spans 24 months beside 12-month neighbours), nothing needs doing; "
    "if the mapping is, mend it.",
    "SRC116": "A condition under `where:` is not understood. It is a column and what it must be: a text, a list of texts, "
    "or one of `is: present`, `is: missing`, `not: [...]`, `matches: PATTERN`.",
    "SRC117": "A source's name is small letters, digits and hyphens, and starts with a letter: it becomes part of every fact.",
    "SRC118": "Measures and findings know only certain words in this field, and this is not one of them. The facts are made "
    "all the same, but nothing counts them. docs/map_a_table.md lists the words; `map:` translates those of the source.",
    # the file
    "SRC120": "The file does not exist, or may not be read. Paths are relative to the folder of wholeservice.yaml.",
    "SRC121": "The file is empty: it has not even a header. Nothing was taken from it, and what was known stays.",
    "SRC122": "The content is not what the file's name (or `format:`) says it is.",
    "SRC123": "The bytes are not text in the declared encoding. A guess is offered where one decodes; look at the result "
    "before trusting it.",
    "SRC124": "The file ends before it is complete. Nothing of it was taken: half a file would look like a fall.",
    "SRC125": "The file, a line or a value is larger than the bounds; they protect the machine from damaged and malicious "
    "files.",
    "SRC126": "There is no header where it should be. `header:` says which line or row it is (default 1); `skip:` leaves "
    "out lines before it.",
    "SRC127": "`rows:` does not lead to rows in this JSON. It is a path of names, with [] where there is a list: "
    "data[].values[].",
    "SRC128": "The format is not known. Without `format:` it follows from the name: .csv .tsv .xlsx .xls .ods .json .jsonl "
    ".ndjson .parquet, each also with .gz or .zip.",
    "SRC129": "A zip file must hold exactly one file. Unpack it, or name the file inside with `member:`.",
    "SRC130": "The source is marked optional and its file is not there, so nothing was read.",
    "SRC131": "The sheet is not in the workbook.",
    # a row or a cell; these are in quarantine, and the rest of the file is kept
    "SRC150": "The row has fewer cells than the header. It is in quarantine, for nobody can know which cell is missing.",
    "SRC151": "The row has more cells than the header, often because of a delimiter in a text without quotes. It is in "
    "quarantine.",
    "SRC152": "The header stands again in the middle of the data, as when files were glued together. The line was left out.",
    "SRC153": "The row holds a NUL byte, which no text does: damage, or another encoding. It is in quarantine.",
    "SRC154": "The cell cannot be read as what the field needs. It is in quarantine, and the fact it belongs to was not made.",
    "SRC155": "A column that tells records apart (`record:`) is missing in this row, so it cannot be kept. It is in "
    "quarantine.",
    "SRC156": "The line is not JSON, or not an object. It is in quarantine.",
    "SRC157": "A quote is opened and never closed, or closed in the middle of a cell. The row is in quarantine.",
    "SRC158": "The window of the row ends when it starts, or before. The end is exclusive: of one day it is the next day. "
    "Where the file has only the day, say `plus: 1d` for the end. The row is in quarantine.",
}
