"""What can be wrong with an entry of the improvement log: each code, what it means and what to do."""

from __future__ import annotations

CODES = {
    "IMP001": "The place, or the service to compare with, is nothing that is declared or was seen. Name a service, part, "
    "policy, value stream or team by its id, alias or title, or a step as SERVICE.STEP.",
    "IMP002": "The words are no number. A number is said as `MEASURE of ENTITY [@ STEP] [in CHANNEL]`, such as "
    "`completion of book-and-stay @ pay in app`.",
    "IMP003": "There is no measure of this name. `wholeservice explain` lists all of them.",
    "IMP004": "The step or the channel of a number is none of its service.",
    "IMP005": "The promise does not say by how much a number should move for the better: `NUMBER by 3pp until "
    "2026-12-01`. The unit must be one in which a change of that measure can be said: pp for a share, s, min, "
    "h or d for a time, points for a score, the currency for money. A promise is for the better, whichever "
    "direction that is.",
    "IMP006": "The log holds no improvement of this id. `wholeservice improve list` shows those there are. What came in "
    "since with other sources is known after `wholeservice ingest` and `wholeservice measure`.",
    "IMP007": "A text is longer than it may be, or holds characters that no text has: control characters, or marks that "
    "turn the direction of writing around.",
    "IMP008": "A text looks as if it held personal data: a mail address, a phone number, a bank account. The log is "
    "published to everybody; name a role instead.",
    "IMP009": "A new improvement says either what it promises or that it is a daily one, which is shown as not measured. "
    "Promises that are forgotten are the commonest reason why nobody learns whether a change helped.",
    "IMP010": "A day is written as 2026-11-30, and a change that has reached people did so by now.",
    "IMP011": "A priority is `cost of delay AMOUNT CURRENCY` (per week), `wsjf value N time N risk N size N`, or "
    "`simulated gain` (which needs a promise from a scenario). The three are never mixed in one order.",
    "IMP012": "An improvement is closed by evidence (one of the verdicts that `wholeservice improve verify` wrote into "
    "the log), or as `without evidence`, which stays visible.",
    "IMP013": "Nothing was said: an entry needs at least one line, and a new improvement needs to say in one line what it is.",
    "IMP014": "There is no such finding. A finding is named CODE.ENTITY, such as F101.book-and-stay.",
    "IMP015": "There is no scenario of this name: scenarios stand in scenarios/NAME.yaml of the workspace.",
    "IMP016": "The entry could not be written to the disk, and is not kept. Nothing that was written before is touched.",
    "IMP017": "Another program was writing to the log all the time, so that this entry is not kept. Say it again.",
    "IMP018": "The form was not sent from a page of this server, or from a page of before it was started again, so "
    "nothing was kept. Look at what the form holds and send it once more.",
    "IMP019": "What was sent is larger than a form of this page can be.",
    "IMP020": "Of some numbers, such as how many came, more is neither better nor worse, so that nothing can be promised of "
    "them. Promise one that has a direction; `wholeservice explain` says which way each is better.",
}
