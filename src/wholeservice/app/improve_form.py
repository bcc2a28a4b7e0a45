"""The form of the improvement log: what it asks, what was wrong with an answer, and whether it was sent from our own page.

It works without a script: a page to fill in, sent to the same address; what was typed comes back with what is wrong, and what
was kept leads to its page. The server knows nobody: a request counts only where the browser says that it comes from this
very server, and where it holds the word that our own page held.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote

from wholeservice.app import improvement_log
from wholeservice.app.settings import Settings
from wholeservice.errors import Problem, WholeserviceError
from wholeservice.improvements.base import STILL_MEASURING, VERDICTS, WITHOUT_EVIDENCE
from wholeservice.improvements.log import newest_verdicts
from wholeservice.improvements.numbers import NUMBER_WORDS, PROMISE_WORDS
from wholeservice.improvements.priorities import WORDS as PRIORITY_WORDS
from wholeservice.improvements.typed import LONG, Typed, Wrong

ADDRESS = "/improvements/new"
MAX_BYTES = 128 * 1024
MAX_FIELDS = 60
TOKEN, ONCE = "token", "once"
SEVERAL = ("where", "because", "promise", "worth", "judged_by", "compare_with")
LINE, TEXT, LINES, DAY, CHECK, CHOICE = "line", "text", "lines", "day", "check", "choice"
ASKED: Mapping[str, tuple[str, str]] = {
    "says": ("What is changed", "In one line."),
    "learnt": ("What was learnt", "Also when it did not help."),
    "where": ("Where", "Services, parts, policies, value streams or teams, or steps as SERVICE.STEP; one on each line."),
    "promise": (
        "What it promises",
        f"{PROMISE_WORDS}; one on each line. By how much it gets better, whichever way it moves, such as:"
        " completion of book-and-stay by 3 pp until 2026-12-31.",
    ),
    "is_daily": ("It is a daily one", "It promises nothing: one line, shown as not measured."),
    "problem": ("Problem", "What is wrong, and for whom."),
    "hypothesis": ("Hypothesis", "Why the change should help."),
    "owner": ("Owner", "The role that answers for it."),
    "because": ("Findings that it is for", "CODE.ENTITY, such as F101.book-and-stay; one on each line."),
    "start": ("Reached people on", "Once it has."),
    "deployment": ("With the deployment", "Its id, where it is known."),
    "close": ("Close it", "By a verdict that the log holds, or without evidence, which stays visible."),
    "scenario": ("Scenario that the promise comes from", "Else it is typed in."),
    "worth": ("Smallest effect worth having", "In the words of a promise; one on each line."),
    "judged_by": ("Numbers that judge it, too", f"{NUMBER_WORDS}; one on each line."),
    "compare_with": ("Services that did not change, to compare with", "One on each line."),
    "priority": ("Priority", PRIORITY_WORDS),
    "by": ("Who writes this", "A role, not a name."),
}
FIRST_OF_NEW = ("says", "where", "promise", "is_daily", "problem", "hypothesis", "owner", "because")
FIRST_OF_OLD = ("learnt", "start", "deployment", "close")
NOT_OF_NEW = ("learnt", "close")


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it is shown: what was typed, and what is wrong with it."""

    name: str
    label: str
    hint: str
    kind: str
    value: str
    wrong: tuple[Problem, ...]
    choices: tuple[str, ...] = ()
    size: int = 1


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form; `to` is the improvement that it adds to, with what that says, None: a new one."""

    to: str | None
    to_says: str | None
    first: tuple[Field, ...]
    more: tuple[Field, ...]
    wrong: tuple[tuple[str, Problem], ...]  # (label of the field, what is wrong)
    token: str
    once: str
    is_more_open: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser gets: a form to show, or the address to go to."""

    status: int
    form: Form | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """Where readers may write to the log of one workspace. `token` is on every form of this server, and of no other one."""

    settings: Settings
    clock: Callable[[], Any] = improvement_log.now
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def open(self, query: Mapping[str, str]) -> Answer:
        """Return an empty form; the query may say where, why, or what it adds to."""
        names = ("to", "where", "because")
        return Answer(200, self._form(Typed(**_typed({name: [query[name][:300]] for name in names if query.get(name)})), []))

    def take(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Keep what was sent; *headers* in small letters. Nothing is kept of what did not come from a form of ours."""
        if not is_ours(headers):
            return Answer(403, self._form(Typed(), [_refused("it came from another page than one of this server")]))
        sent = _sent(headers, body)
        if sent is None:
            return Answer(400, self._form(Typed(), [_refused("it is no form")]))
        typed, once = Typed(**_typed(sent)), (sent.get(ONCE) or [""])[0][:64]
        if not secrets.compare_digest((sent.get(TOKEN) or [""])[0].encode(), self.token.encode()):
            return Answer(403, self._form(typed, [_refused("the server was started again since the form was opened")]))
        try:
            kept, wrong = improvement_log.write(self.settings, typed, once=once or None, clock=self.clock)
        except WholeserviceError as error:
            return Answer(503, self._form(typed, [("", each) for each in error.problems]))
        if kept is None:
            return Answer(422, self._form(typed, wrong))
        return Answer(303, address=f"/improvements/{quote(kept.id)}")

    def _form(self, typed: Typed, wrong: list[Wrong]) -> Form:
        log = {each.id: each for each in improvement_log.improvements_of(self.settings)}
        one = log.get(typed.to)
        verdicts = [each.says for each in newest_verdicts(one)] if one else []
        closes = (*(each for each in VERDICTS if each in verdicts and each != STILL_MEASURING), WITHOUT_EVIDENCE)
        names = [name for name in ASKED if typed.to or name not in NOT_OF_NEW]
        names = [name for name in names if not (typed.to and name == "is_daily")]
        leading = FIRST_OF_OLD if typed.to else FIRST_OF_NEW
        fields = {name: _field(name, typed, wrong, closes) for name in names}
        more = tuple(fields[name] for name in names if name not in leading)
        labels = tuple((ASKED[name][0] if name in ASKED else "", problem) for name, problem in wrong)
        return Form(typed.to or None, one.says if one else None, tuple(fields[name] for name in leading), more, labels,
                    self.token, secrets.token_urlsafe(12), any(each.wrong or each.value for each in more))  # fmt: skip


def is_ours(headers: Mapping[str, str]) -> bool:
    """
    Say whether the browser says that a request comes from a page of this server. What says nothing is judged by the token.

    >>> is_ours({"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8765", "sec-fetch-site": "same-origin"})
    True
    >>> is_ours({"host": "127.0.0.1:8765", "origin": "null"}), is_ours({"host": "a", "sec-fetch-site": "same-site"})
    (False, False)
    """
    site, origin, host = headers.get("sec-fetch-site"), headers.get("origin"), headers.get("host", "")
    return site in (None, "same-origin") and origin in (None, f"http://{host}", f"https://{host}")


def _sent(headers: Mapping[str, str], body: bytes) -> dict[str, list[str]] | None:
    if headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return None
    try:
        return parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        return None


def _typed(sent: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the fields of `Typed` that a form holds: of several, one on each line."""
    found: dict[str, Any] = {}
    for name in ("to", *ASKED):
        if name not in sent:
            continue
        if name == "is_daily":
            found[name] = True
        elif name in SEVERAL:
            found[name] = tuple(line.strip() for text in sent[name] for line in text.splitlines() if line.strip())
        else:
            found[name] = sent[name][0]
    return found


def _field(name: str, typed: Typed, wrong: list[Wrong], closes: tuple[str, ...]) -> Field:
    label, hint = ASKED[name]
    kinds = {"is_daily": CHECK, "start": DAY, "close": CHOICE}
    kind = kinds.get(name) or (LINES if name in SEVERAL else TEXT if name in LONG else LINE)
    value = getattr(typed, name)
    text = "\n".join(value) if isinstance(value, tuple) else ("yes" if value else "") if isinstance(value, bool) else value
    mine = tuple(problem for each, problem in wrong if each == name)
    return Field(name, label, hint, kind, text, mine, closes if name == "close" else (), 4 if kind == TEXT else 2)


def _refused(what: str) -> Wrong:
    return ("", Problem("IMP018", f"nothing was kept: {what}", next_step="look at what it holds, and send it from here"))


def too_large() -> Problem:
    """Return what is wrong with a request that is larger than any form."""
    return Problem("IMP019", "what was sent is too large", expected=f"at most {MAX_BYTES:,} bytes",
                   next_step="say it shorter")  # fmt: skip
