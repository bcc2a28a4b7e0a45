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
    "SRC115": "A column's own label names another period than the mapping declares, or one that is not as long as those of the "
    "other columns (a total of the year beside its months would be counted twice). The declared period is used. If the "
    "label is wrong (it happens: a header that spans 24 months beside 12-month neighbours), nothing needs doing; "
    "if the mapping is, mend it.",
    "SRC116": "A condition under `where:` is not understood. It is a column and what it must be: a text, a list of texts, "
    "or one of `is: present`, `is: missing`, `not: [...]`, `matches: PATTERN`.",
    "SRC117": "A source's name is small letters, digits and hyphens, and starts with a letter: it becomes part of every fact.",
    "SRC118": "Measures and findings know only certain words in this field, and this is not one of them. The facts are made "
    "all the same, but nothing counts them. docs/map_a_table.md lists the words; `map:` translates those of the source.",
    "SRC119": "The mapping writes down a name itself, and it stands for nothing declared: no service or part, or no step of "
    "the journey. The rows are taken in all the same, but no number of that thing or step counts them. Steps go by id, title "
    "or `service.step`; letter case, `_`, `-` and blanks do not count.",
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
    # event logs in XES
    "SRC160": "The XML has a document type declaration, which XES never has. It can make a small file unfold into a huge one, "
    "or read other files of this machine, so nothing was taken from it.",
    "SRC161": "The file is not well-formed XML. Nothing of it was taken: what an element means is unknown once one is broken.",
    "SRC162": "The event has no time:timestamp, or one that is no instant, so it has no place in its case. It is in "
    "quarantine; the other events of the case are kept. A time without an offset is civil time in the zone of the source.",
    "SRC163": "A trace without an event, or an event outside of any trace: neither says what happened to which case. It is in "
    "quarantine.",
    "SRC164": "Two traces have one name. They are kept as two cases, the second as `NAME (2)`, because their events are two "
    "histories; nobody can know whether they are one case that was cut.",
    "SRC165": "A trace has neither concept:name nor identity:id. It is kept under a name that is made of what it says of "
    "itself and of its first event, so that reading it again changes nothing.",
    "SRC166": "The events of a case do not stand in the order of their times. They are put in order; those of one instant stay "
    "as they stand in the file.",
    "SRC167": "An attribute has no key. The event is kept without it.",
    "SRC168": "The log declares attributes that every event has, and some events lack one. There it is missing: the value in "
    "the declaration is an example, not a default.",
    "SRC169": "The log does not declare a classifier of that name. Classifiers stand at its start, as <classifier name=...>.",
    # event logs in OCEL
    "SRC170": "This is no OCEL: JSON with `objects` and `events` (or `ocel:objects` and `ocel:events`), or an SQLite file with "
    "the tables event, object and event_object. OCEL in XML is not read; export it as JSON or SQLite.",
    "SRC171": "The event has no time, or one that is no instant. It is in quarantine with its relations; the rest is kept.",
    "SRC172": "A relation names an object that is not in the log (OCEL 2.0 demands that it is). The relation is in quarantine; "
    "the event and the other objects are kept.",
    "SRC173": "An event or object has a type that the log does not declare (OCEL 2.0 demands that it does), or an attribute "
    "that its type does not declare. It is kept.",
    "SRC174": "An event, object or relation is not as OCEL writes it: it has no id or no type, its id stands twice, or it is "
    "no object of JSON. It is in quarantine.",
    "SRC175": "Some objects take part in no event that has an instant, so nobody knows when they came to be. They make no "
    "item; their relations are kept.",
    "SRC176": "The SQLite file is still open in another program, which has written part of it beside the file (-wal). Close "
    "that program, or export the log again.",
    # columns that are periods, lists in a cell, a second file, parts of a cell
    "SRC140": "The rule under `each:`, or the second file under `with:`, lacks something or contradicts itself. `each:` is a "
    "list of periods or {columns: {NAME: '{from} ...'}}; a second file has `file:` and `key:`.",
    "SRC141": "An entry under `facts:` is made once per value of one list. Two lists of a row have nothing to do with each "
    "other: write an entry for each.",
    "SRC142": "One column of a period is there and another that belongs to it is not. What it would say is missing.",
    "SRC143": "A header is like the pattern under `each:`, but what stands where the period should be is none. The column was "
    "left out; correct the header, or say its format: {from:%m/%Y}.",
    "SRC144": "A key stands more than once in the second file under `with:`. To take one of them would be to guess, so nothing "
    "was read. Name more columns under `key:` and `on:`, or mend the file.",
    "SRC145": "Some rows have a key that the second file under `with:` does not have. Their own columns are read, those of the "
    "second file are missing, and facts that need them are not made.",
    "SRC146": "Some rows of the second file under `with:` have no key, so nobody can ask for them.",
    "SRC147": "The amount names no currency, one whose sign several currencies share ($, kr, ¥), or another one than the "
    "mapping says. Say `currency:` in the entry, or take it out so that the cells say it. The cell is in quarantine.",
    "SRC148": "The part of the cell that the mapping asks for is not there: `take:` names a piece that it does not have, "
    "`extract:` does not match, or it is no JSON (of a list, `each-of:` takes the values). `otherwise: missing` or `keep` says "
    "what such a cell means. The cell is in quarantine.",
    "SRC149": "Two formats of the list read this date as different days, for they differ in the order of day and month, and "
    "nobody can know which is meant. Keep the one that the file uses. The cell is in quarantine.",
    # git
    "SRC180": "`git` is not installed, or cannot be run. A repository is read with it; an export of commits needs no git.",
    "SRC181": "There is no git repository at this path: a folder with .git in it, a bare repository, or a worktree. A folder "
    "inside of one is not taken for it.",
    "SRC182": "The repository belongs to another user, and git refuses to read what others could have prepared. "
    "`trusted: true` says that you trust it.",
    "SRC183": "git could not read the repository, or took too long. Nothing was taken from it, and what was known stays. "
    "`git fsck` in the repository may say more.",
    "SRC184": "The history is cut off: a clone with `--depth`, or an export without the oldest commits. What is there is read; "
    "commits seem to have no parents where it was cut, and what was released before that is not known.",
    "SRC185": "There is no commit in it. Nothing was taken, and what was known stays.",
    "SRC186": "The main line is the branch whose first parents say when a commit landed. Of a repository it is HEAD, or "
    "`branch:`. An export does not say which of its heads it is, so the one with most merges is taken; `branch:` with a "
    "commit or a tag says it.",
    "SRC187": "Some commits are dated before their parent: a clock was wrong, or they were rebased. The dates are kept as they "
    "are; a stay that would end before it starts is not made.",
    "SRC188": "The row of the export is no commit or tag: its hash or a date cannot be read, or it stands twice. It is in "
    "quarantine.",
    "SRC189": "Some tags name no commit of this history (a file, a tree, or a commit that is not there). They are read; they "
    "release nothing.",
    # compose
    "SRC190": "The file is no compose file: it is a mapping with `services:`. Nothing was taken, and what was known stays.",
    "SRC191": "The service cannot be understood, so what it uses is not known. It is in quarantine, the others are kept.",
    "SRC192": "A compose file includes or extends what is not there, is not on this machine, or leads back to itself.",
    "SRC193": "A `${VARIABLE}` has neither a value under `variables:` nor a default in the file. It counts as empty, as for "
    "compose. Variables of this machine and `.env` files are never read: they hold secrets, and differ per machine.",
    "SRC194": "Services are used that none of the files declares. They are kept as used; add the file that declares them.",
    "SRC199": "A key stands twice in a YAML file, or is no text. The first counts.",
    # a database
    "SRC201": "Reading a database needs SQLAlchemy. It is an extra: pip install 'wholeservice[database]'.",
    "SRC202": "SQLAlchemy talks to each kind of database through a driver, a package of its own, and none is installed. The "
    "message says which package to install.",
    "SRC203": "The address of a database is a URL as SQLAlchemy writes it: DIALECT://USER@HOST:PORT/DATABASE, or "
    "sqlite:///FILE relative to wholeservice.yaml. Give the password with password:, which takes any character.",
    "SRC204": "The password stands in the file itself, where everybody who sees the file sees it. Name a setting instead, "
    "password: ${shop-password}, and give its value in the environment: WHOLESERVICE_SHOP_PASSWORD.",
    "SRC205": "A source only reads, so its query is one statement that begins with SELECT or WITH. What the statement does "
    "beyond that, the connection refuses where the database can open one for reading only.",
    "SRC206": "The database cannot be opened: no such file, no such host, nobody listening, a wrong user or password. What "
    "was known of it stays, and the other sources are read.",
    "SRC207": "The database has no table or view of that name that this user may see. Names are as the database spells them; "
    "SCHEMA.TABLE where it has schemas.",
    "SRC208": "The database refused the statement and said why: a name it does not know, a right that the user lacks, a "
    "mistake in the query. Nothing of this reading was taken; what was known stays.",
    "SRC209": "Following a column does not work so. It must be a column of instants, days, numbers or texts that only grows, "
    "of one type; with record: so that a changed row replaces what it was; and without absent: delete, for a "
    "reading sees only what is new.",
    # CloudEvents
    "SRC211": "This is no CloudEvent: it must be an object with the texts specversion, id, source and type. It is in "
    "quarantine.",
    "SRC212": "The event follows another version of CloudEvents. Versions 1.x are read; 0.3 and older named things otherwise. "
    "It is in quarantine.",
    "SRC213": "The event has no time. The standard allows that, but a fact needs to know when. It is in quarantine. Where the "
    'instant stands in the data, write a mapping: facts: with happened_at: "{data.NAME}".',
    "SRC214": "The event's data_base64 is not base64, or it has data as well. It is in quarantine.",
    "SRC215": "The event ends something (an incident, a change, a ticket) whose beginning is not in the files that were read, "
    "so when it ended cannot be noted with it. Keep the files from the beginning on, and name all of them under file:.",
    "SRC216": "Two events have one source and id and say different things. The standard says that they are one event; the "
    "first was taken, the other is in quarantine.",
    "SRC217": "The event nests deeper, or has more fields, than the bounds allow; they protect the machine. It is in "
    "quarantine.",
    "SRC219": "The mapping names a field of the data that no event in the files has. Perhaps it is misspelt; perhaps there "
    "were no events of that type.",
    "SRC218": "types: says what events of a type become: interaction, contact, deployment, incident, item or nothing. A type "
    "is written in full, or with * for any letters.",
    # exports of tools that record journeys and answers
    "SRC220": "The record is not what this kind of export holds: no object, without what the tool always writes, or with a "
    "text that is no text. It is in quarantine, with its place; its text is not kept, for it may name people.",
    "SRC221": "The event or response has no instant, or one that cannot be read, so nobody knows when it happened. It is in "
    "quarantine.",
    "SRC222": "Two events have one id and say different things. The first was taken, the other is in quarantine. The same "
    "event delivered twice is one event, and no problem.",
    "SRC223": "Some events mean no step, because nothing under `steps:` fits them, so they make no facts. The commonest are "
    "named. Say which step they mean, or `nothing` where they mean none: then they are not told again.",
    "SRC224": "steps: says which step an event means: the name of the event, or the path of the page that it is a view of, and "
    "the step; or an object with step, outcome (done, failed, left), service and channel. `nothing` means none.",
    "SRC225": "questions: says what each question measures: instrument: (nps, csat, ces, sus, gds, satisfaction) and scale: "
    "with its lowest and highest point, or text: true for free words; codes: where the export has codes instead of points.",
    "SRC226": "The answer lies outside of the scale that is declared. It is in quarantine with its place; the other answers of "
    "the response are kept. Perhaps scale: is wrong, or the survey was changed.",
    "SRC227": "The answer is no number, and no code under codes:. It is in quarantine with its place; what was answered is not "
    "kept there, for free words may name people.",
    "SRC228": "Responses were read, and none of them answers a question that is declared. Perhaps its key is misspelt: it is "
    "what the export calls it, an id or a heading; perhaps nobody answered it yet.",
    "SRC229": "The line has more or fewer fields than an enriched event of Snowplow, so nobody can know which field is which. "
    "It is in quarantine, without its text.",
    # trackers of work: Jira, GitHub, GitLab
    "SRC230": "The record is not what this tool writes: no object, an answer that tells of an error, or without what every "
    "issue or change has. It is in quarantine, with its place; its text is not kept, for it names people.",
    "SRC231": "A name in the record is longer than any name, or is half a character, so the whole record is in quarantine: "
    "half of an item would be counted as if it were all of it.",
    "SRC232": "statuses: says what each status of the tool means: { stage: review, state: queued }, or the state alone "
    "(queued, active, blocked, done, returned). kinds: says of a type or label which kind of work it is.",
    "SRC233": "Stays are in statuses of which nobody has said what they mean, and the tool does not say it either. They are "
    "kept: the status is their stage, their state is unknown, and no measure counts them as work or as waiting. "
    "The commonest are named.",
    "SRC234": "The declaration says what a status, type or label means, and nothing in the files has it. Perhaps it is "
    "misspelt; perhaps nothing was there this time.",
    "SRC235": "Items are of types (or have labels) that no kind is said of, so they have no kind. Say under kinds: what "
    "they are, or `nothing`: then they are not told again.",
    "SRC236": "The tool gave fewer changes than there are: Jira Cloud gives at most the last 40 or 100 of an issue with a "
    "search. What was before the first change that is there is unknown, and no stay says anything of it. Export "
    "the changelogs themselves, and name those files as well; docs/sources/jira.md says how.",
    "SRC237": "Items came without their history, so nobody knows since when they have been in which status: they have no "
    "stays. Jira gives it with expand=changelog.",
    "SRC238": "Items have changes from before they were created, or ended before: they were imported, or a clock was wrong. "
    "Times are kept as the tool says them; a piece before the creation is cut off where lives are cut into "
    "pieces.",
    "SRC239": "The history of an item does not fit together: a status was left that had not been entered, or the last "
    "change does not lead to the status of today. Statuses may have been renamed or a workflow exchanged. Every "
    "status that is told is kept; where today's was not entered, the last stay ends with the last change that is "
    "known.",
    "SRC240": "Deployments have neither succeeded nor failed as far as these files tell, so when and whether they reached "
    "their environment is unknown: they make no fact until that is known. On GitHub the statuses of deployments "
    "are files of their own.",
    "SRC241": "The commit that was deployed is none that a change of these files was merged as, and no commit in the files "
    "leads from it to one. The deployment is kept; nobody can tell which changes it delivered.",
    "SRC242": "No commit of these changes is in the files, so their coding is unknown: it begins when they were opened.",
    "SRC243": "Whether reviews were asked for is not in the files, so a change is taken to wait for one as soon as it is "
    "opened and no draft. With the events of the issues it is known; or say under statuses: what `opened` means.",
    "SRC244": "Reviews, events or commits belong to issues or changes that are not in the files, or do not say to which: of "
    "those the folder says it, such as pulls/12/commits.json. They are not used.",
    # an improvement log
    "SRC245": "A line of the improvement log was cut off while it was being written: the machine or the program stopped. "
    "Whoever wrote it was not told that it is kept. It is set aside; say it again. All other entries are whole.",
    "SRC246": "The line is no entry of an improvement log: `wholeservice improve add` and the form on the pages write them. "
    "It is in quarantine, with its place.",
}
