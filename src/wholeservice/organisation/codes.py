"""Every problem code of this room: what it means, why it matters, an example wrong and right (`wholeservice explain CODE`)."""

from __future__ import annotations

from collections.abc import Mapping

from wholeservice.errors import Place, Problem

WARNINGS = frozenset({"ORG006", "ORG021", "ORG026", "ORG036", "ORG042", "ORG043", "ORG044", "ORG045"})
"""Codes of what is odd but can be worked with; all others are errors."""


def new_problem(
    code: str, what: str, place: Place | None, expected: str | None = None, nearest: str | None = None, *, fix: str
) -> Problem:
    """Return a problem whose next step is *fix* and the help page of its code."""
    severity = "warning" if code in WARNINGS else "error"
    return Problem(code, what, place, expected, nearest, f"{fix}; wholeservice explain {code}", severity)


def _page(means: str, why: str, wrong: str, right: str) -> str:
    return f"{means}\n\nWhy it matters: {why}\n\nWrong:\n{_indented(wrong)}\n\nRight:\n{_indented(right)}\n"


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.splitlines())


CODES: Mapping[str, str] = {
    "ORG001": _page(
        "The file is not YAML: a colon, quote, bracket or indentation is missing or out of place, or the file is cut off.",
        "nothing of the file can be read; the rest of the organisation is still checked.",
        "teams:\n  booking: { type: platform", "teams:\n  booking: { type: platform }"),
    "ORG002": _page(
        "The same key stands twice in one place.",
        "YAML keeps only one of the two, so half of what you wrote would be lost without a word. The first is kept.",
        "teams:\n  care: { people: 9 }\n  care: { people: 7 }", "teams:\n  care: { people: 9 }\n  carers: { people: 7 }"),
    "ORG003": _page(
        "The document refers to itself, unfolds into too much through anchors, or nests more than 100 levels.",
        "a few such lines could fill the memory of the machine.",
        "parts: &all\n  search: *all", "parts:\n  search: {}"),
    "ORG004": _page(
        "A file or folder is missing or may not be read.",
        "what it declares is missing from every result. A workspace has a folder 'organisation' with YAML files in it.",
        "wholeservice check --workspace /nowhere", "wholeservice init stay && wholeservice check --workspace stay"),
    "ORG005": _page(
        "The file is not text in UTF-8: another encoding, or not a text file at all (a spreadsheet, an archive).",
        "guessing an encoding turns names into other names without a word.",
        "a file saved as Windows-1252 or UTF-16", "the same file saved as UTF-8"),
    "ORG006": _page(
        "The file is empty, or holds something other than sections.",
        "a file cut to nothing by a full disk or an editor looks just like this.",
        "- booking\n- care", "teams:\n  booking: {}\n  care: {}"),
    "ORG007": _page(
        "The file is larger than 16 MB.",
        "an organisation is text people wrote; a file this large is usually a data file in the wrong folder.",
        "organisation/export.yaml of 80 MB", "organisation/services.yaml, organisation/teams.yaml"),
    "ORG008": _page(
        "The folder 'organisation' holds no YAML file.",
        "without a declared organisation there are no needs, so nothing can be missed and nothing can be won back.",
        "an empty folder organisation/", "organisation/services.yaml with one service, one consumer and one journey"),
    "ORG010": _page(
        "A top-level key is none of the known sections.",
        "everything under it would be left out.",
        "servces:\n  pay: {}", "services:\n  pay: {}"),
    "ORG011": _page(
        "A field that this kind of thing does not have.",
        "a misspelt field would be left out and its meaning lost without a word.",
        "teams:\n  booking: { peple: 8 }", "teams:\n  booking: { people: 8 }"),
    "ORG012": _page(
        "A name of a team, service, part, stream, consumer or other thing that is not declared.",
        "who acts, what depends on what and who owns it follow from these names; one that leads nowhere breaks the chain.",
        "services:\n  payments: { team: paymnts }", "services:\n  payments: { team: payments }\nteams:\n  payments: {}"),
    "ORG013": _page(
        "The name is declared, but as another kind of thing than this field points at.",
        "a field implies the kind it points at: 'team' a team, 'stream' a value stream.",
        "services:\n  payments: { team: checkout }   # checkout is a part",
        "services:\n  payments: { team: booking }"),
    "ORG014": _page(
        "The value is not of the type the field holds: a list where text belongs, words where a number belongs.",
        "a value of the wrong type would be guessed at, or dropped.",
        "teams:\n  care: { people: nine }", "teams:\n  care: { people: 9 }"),
    "ORG015": _page(
        "A field that must be there is missing.",
        "pages need a need's words, and the organisation's name.",
        "needs:\n  quick: { targets: [ completion >= 90% over 28d ] }",
        "needs:\n  quick: { says: Let me find a room quickly, targets: [ completion >= 90% over 28d ] }"),
    "ORG016": _page(
        "The field takes one of a few words, and this is none of them.",
        "pages and rules treat each of those words differently.",
        "teams:\n  care: { type: stream }", "teams:\n  care: { type: stream-aligned }"),
    "ORG017": _page(
        "An id has small letters, digits and single hyphens only.",
        "ids stand in addresses, in targets and in service.step; a name for people goes into 'title'.",
        "services:\n  Book & Stay: {}", "services:\n  book-and-stay: { title: Book & Stay }"),
    "ORG018": _page(
        "The same id is declared twice; ids are unique over all kinds and files.",
        "a name must lead to one thing. The first is kept.",
        "teams:\n  payments: {}\nservices:\n  payments: { team: payments }",
        "teams:\n  money: {}\nservices:\n  payments: { team: money }"),
    "ORG019": _page(
        "Something is typed that follows from the rest. The owner of a service for an outside consumer is "
        "the owner of its value "
        "stream; what uses a service follows from the others' 'uses'.",
        "what is typed twice drifts apart, and then two pages disagree.",
        "services:\n  book-and-stay: { for: guest, owner: ann.lee }",
        "value-streams:\n  look-to-stay: { owner: maya.okafor }\nservices:\n  book-and-stay: { for: guest, "
        "stream: look-to-stay }"),
    "ORG020": _page(
        "Things are inside one another in a circle.",
        "a whole is made of its parts; sums over a circle would never end.",
        "units:\n  a: { part-of: b }\n  b: { part-of: a }", "units:\n  a: {}\n  b: { part-of: a }"),
    "ORG021": _page(
        "Things use each other in a circle. A warning: it may be true.",
        "a loss inside a circle has no one place where it starts; the loss map draws the circle as one box.",
        "parts:\n  prices: { uses: search }\n  search: { uses: prices }",
        "parts:\n  prices: {}\n  search: { uses: prices }"),
    "ORG022": _page(
        "A thing is nested in one thing and 'part-of' names another.",
        "each thing is inside one other; what serves several is used by them.",
        "services:\n  book: { parts: { search: { part-of: other } } }\n  other: {}",
        "services:\n  book: { parts: { search: {} } }\n  other: { uses: search }"),
    "ORG023": _page(
        "The value is not a day that exists, written year-month-day.",
        "03/04/2026 is March to some and April to others.",
        "because: { research: 24 guests watched, dated: 12.5.2026 }",
        "because: { research: 24 guests watched, dated: 2026-05-12 }"),
    "ORG024": _page(
        "A thing ends before it begins. 'until' is the day after its last.",
        "reports 'as it was' would never show it.",
        "teams:\n  care: { from: 2026-05-01, until: 2026-04-01 }", "teams:\n  care: { from: 2026-04-01, until: 2026-05-01 }"),
    "ORG025": _page(
        "One alias or former id names two things.",
        "facts that carry the name could be counted for either.",
        "services:\n  a: { aliases: [pay] }\n  b: { aliases: [pay] }", "services:\n  a: { aliases: [pay] }\n  b: {}"),
    "ORG026": _page(
        "A part is declared on its own and says nowhere what it is part of.",
        "its steps, team and owner follow from the service it is in.",
        "parts:\n  search: { team: discovery }", "parts:\n  search: { part-of: book-and-stay, team: discovery }"),
    "ORG030": _page(
        "A target that cannot be read. It is [quantile] measure op number unit over window [@ step] [in "
        "channel] [for consumer] "
        "[from date].",
        "a target that cannot be read is never missed, so the need looks well served. Inside [ ] a comma ends a target: write "
        "1M or 1000000 there. Times are written in ms, s, min, h, d or w (5 min; 5m would be a month or a million to others).",
        "targets: [ completion about 90% ]", "targets: [ completion >= 90% over 28d @ pay in app for guest from 2026-01-01 ]"),
    "ORG031": _page(
        "The target's first word is no registered measure. See: wholeservice explain",
        "nobody would measure it, and the need would stay without a number.",
        "targets: [ completness >= 90% over 28d ]", "targets: [ completion >= 90% over 28d ]"),
    "ORG032": _page(
        "A step that the journey does not have. Inside a service the bare step is enough; from elsewhere write service.step.",
        "facts, parts and targets meet at steps; a step that leads nowhere hides all three.",
        "services:\n  book: { journey: [find, pay], parts: { checkout: { at: paid } } }",
        "services:\n  book: { journey: [find, pay], parts: { checkout: { at: pay } } }"),
    "ORG033": _page(
        "A channel that the service is not offered in.",
        "the target would never meet a fact.",
        "services:\n  book: { channels: [web, app], needs: { easy: { says: x, targets: [ completion >= 90% "
        "over 28d in ap ] } } }",
        "services:\n  book: { channels: [web, app], needs: { easy: { says: x, targets: [ completion >= 90% "
        "over 28d in app ] } } }"),
    "ORG035": _page(
        "The level of a target is not in the unit of its measure, or lies outside its scale.",
        "90 seconds can be compared with a time, never with a share.",
        "targets: [ completion >= 90s over 28d ]", "targets: [ completion >= 90% over 28d ]"),
    "ORG036": _page(
        "A need or aim without a target. A warning: a need in people's words is worth having even so.",
        "without a measurable stand-in nobody can say whether the need is met.",
        "needs:\n  easy: { says: Do not make me work for it }",
        "needs:\n  easy: { says: Do not make me work for it, targets: [ satisfaction >= 85% over 90d ] }"),
    "ORG040": _page(
        "A journey holds something that is no step and no group of steps.",
        "drop-out and losses are computed along the journey; a node that is not understood would cut it.",
        "journey: [find, { either: [card, cash] }]",
        "journey: [find, { choice: [card, cash] }, { step: stay, title: Stay with us }]"),
    "ORG041": _page(
        "A step stands twice in one journey. Two steps of one event cannot be had: what is done once more is a retry, or its "
        "events have a name of their own, which their source or its mapping gives them.",
        "facts name a step by its id, and one event never fills two steps; which of the two was reached could not be told.",
        "journey: [find, pay, find]", "journey: [{ retry: find }, pay]"),
    "ORG042": _page(
        "A policy that binds no step, service, part, stream or team. A warning.",
        "a loss can start at a rule, but only if it is known where the rule is met.",
        "policies:\n  id-check: { basis: our own choice }",
        "policies:\n  id-check: { basis: our own choice, binds: [ book-and-stay.arrive ] }"),
    "ORG043": _page(
        "A source saw a kind of thing, or a relation between kinds, that the organisation does not know. A "
        "warning; the row is left out.",
        "kinds and relations are declared once; a mapping says which of them a source's words mean.",
        "kind: planet", "kind: service, relation: part-of, to_kind: unit"),
    "ORG044": _page(
        "The attributes of a sighting are not a JSON object. A warning; the thing is kept without them.",
        "its id and details are missing.", "attributes: id=search", 'attributes: {"id": "search"}'),
    "ORG045": _page(
        "What a source saw clashes with what is declared, or would put a thing inside itself. A warning; "
        "what is declared is kept.",
        "one of the two is out of date; shown, it can be mended, but in silence it would be believed.",
        "declared: team: booking     seen: owned-by money", "declared: team: money       seen: owned-by money"),
    "ORG046": _page(
        "The rule that says what makes one attempt names both a pause and the day.",
        "the two would cut the same events differently, and completion with them. Until one is removed, the day counts.",
        "services:\n  book: { attempt: { idle: 30m, per: day } }", "services:\n  book: { attempt: { idle: 30m } }"),
    "ORG047": _page(
        "The rule that says when a step counts as reached lets steps come in any order, and counts time from the step before.",
        "in any order there is no step before. Until one is removed, the time counts from the first step that was taken.",
        "services:\n  book: { funnel: { order: any, within: 2d, per: step } }",
        "services:\n  book: { funnel: { order: any, within: 2d } }"),
    "ORG048": _page(
        "The calendar of a team names a day that is none, hours that cannot be read or overlap, or no working time.",
        "time in which nobody works is not waiting; with a wrong calendar every wait of the team is told wrong.",
        "teams:\n  care: { calendar: { days: [mon, teu], hours: [9-17] } }",
        "teams:\n  care: { calendar: { days: [mon, tue], hours: [09:00-17:00] } }"),
    "ORG049": _page(
        "Two stages of a value stream have one name, or one of them is `named` like the other.",
        "sources name a stage by its name; which of the two work was in could not be told. Until then it is the first.",
        "value-streams:\n  pay: { stages: [{ stage: build, named: [doing] }, { stage: check, named: [doing] }] }",
        "value-streams:\n  pay: { stages: [{ stage: build, named: [doing] }, { stage: check, named: [checking] }] }"),
    "ORG050": _page(
        "An assumption of a need does not say where it is lost, how much of it, and why; or not within what there is.",
        "an assumption stands on a loss map beside what was measured; without its reason nobody could ever drop it.",
        "needs:\n  easy: { says: ..., assumes: { at: rooms, share: 120% } }",
        "needs:\n  easy: { says: ..., assumes: { at: rooms, share: 20%, because: what staff say, dated: 2026-05-12 } }"),
    "ORG051": _page(
        "An outcome that a policy declares as its doing is no loss, says nothing of a policy, or is that of another one.",
        "an attempt that ends with this outcome is put down to the policy on the loss map; no other could be blamed for it.",
        "policies:\n  age: { binds: [hire.pay], outcomes: [failed] }",
        "policies:\n  age: { binds: [hire.pay], outcomes: [refused-for-age] }"),
    "ORG052": _page(
        "What a completion is worth is no amount of money.",
        "the loss map tells what mending a place would win back a day in money; that takes a currency.",
        "services:\n  hire: { worth: 40 }",
        "services:\n  hire: { worth: 40 EUR }"),
}  # fmt: skip
