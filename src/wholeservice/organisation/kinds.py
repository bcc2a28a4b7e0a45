"""Kinds of things, their fields and the relations between them, declared once as data.

Loading, checking, the editor schema and the field tables of the docs all read this file; nothing repeats it. To add a field,
add one line here; a field of an existing type needs nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Field types, in the words of the docs. Every scalar in YAML is text; these say how it is read.
TEXT, TEXTS, NUMBER, AMOUNT, DATE, FLAG, CHOICE = "text", "texts", "number", "amount", "date", "flag", "choice"
REF, REFS, USES, AT, PROVIDES, REF_TO_CHOICES = "id", "ids", "uses", "steps", "names", "id-to-words"
JOURNEY, STAGES, NEEDS, AIMS, TARGETS, EVIDENCE = "journey", "stages", "needs", "aims", "targets", "evidence"
ASSUMED = "assumed"
ALIASES, RECORD, NESTED, DURATION = "aliases", "record", "nested", "duration"

SERVICE, PART, TEAM, POLICY, SUPPLIER, UNIT = "service", "part", "team", "policy", "supplier", "unit"
CONSUMER, STREAM, STEP, ORG, NEED = "consumer", "value-stream", "step", "org", "need"

STATES = ("idea", "building", "early-life", "live", "retiring", "retired")
ROLES = ("uses", "pays", "judges")
TEAM_TYPES = ("stream-aligned", "platform", "enabling", "complicated-subsystem")
SERVING = ("x-as-a-service", "collaboration", "facilitating")
STAGE_KINDS = ("value-adding", "necessary", "waste")
QUEUES: Mapping[str, str] = {
    "decision": "a decision",
    "budget": "a budget",
    "approval": "an approval",
    "review": "a review",
    "environment": "an environment",
    "release": "a release",
    "dependency": "other work it depends on",
}
"""What work that queues before a stage may wait for, as a stage declares it, and what each is in words."""
ORDERS = IN_ORDER, STRICT, ANY_ORDER = "ordered", "strict", "any"
FOLLOWED = BY_ATTEMPT, BY_CONSUMER = "attempt", "consumer"
COUNTED_FROM = PER_JOURNEY, PER_STEP = "journey", "step"
JOURNEY_STAGES: Mapping[str, str] = {
    "before": "before it begins",
    "during": "the use itself",
    "after": "aftercare",
    "ending": "the ending",
    "return": "coming back",
}
"""The stages of a whole service, in order, and what each is in words. A step says its own; nothing is guessed."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its type, what it means, and for a reference the kinds it may name and the relation it declares."""

    name: str
    type: str
    meaning: str
    kinds: tuple[str, ...] = ()
    relation: str | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    fields: tuple[Field, ...] = ()  # of a record


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing. `section` is the top-level key it stands under; `refused` says what cannot be typed, and why."""

    name: str
    section: str | None
    meaning: str
    fields: tuple[Field, ...]
    refused: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()  # other words for the kind, as sources say it

    def field_named(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)


_ANY = (
    Field("title", TEXT, "its name for people; else the id in plain words"),
    Field("state", CHOICE, "where it is in its life; live when not said", choices=STATES),
    Field("from", DATE, "first day it exists"),
    Field("until", DATE, "day after its last"),
    Field("was", TEXTS, "former ids; old facts and links still find it"),
    Field("aliases", ALIASES, "names other systems use for it: a list, or tool: name"),
)

CALENDAR = Field(
    "calendar",
    RECORD,
    "when it works, in the workspace's zone; around the clock when nothing is said",
    fields=(
        Field("days", TEXTS, "the days of the week, such as [mon, tue, wed, thu, fri]; every day when not said"),
        Field("hours", TEXTS, "the hours of such a day, such as [09:00-12:30, 13:00-17:00]; all of it when not said"),
        Field("holidays", TEXTS, "days without work, such as 2026-12-25"),
    ),
)

PLAN = Field(
    "plan",
    RECORD,
    "what is done the day it stops",
    fields=(
        Field("says", TEXT, "what is done, and by whom"),
        Field("dated", DATE, "the day this was written or last tried"),
    ),
)

_PROVIDED = (
    Field(
        "for", REF_TO_CHOICES, "who it is for, and whether they use it, pay for it or judge it", (CONSUMER, TEAM), "for", ROLES
    ),
    Field("stream", REF, "the value stream that provides and changes it", (STREAM,), "runs-in"),
    Field("outcome", TEXT, "what its consumers have when it worked"),
    Field("channels", TEXTS, "the channels it is offered in, as facts name them"),
    Field("journey", JOURNEY, "the steps from the start of a goal to having it, in order"),
    Field("ends", TEXTS, "legitimate ends other than the last step, such as not-eligible"),
    Field(
        "attempt",
        RECORD,
        "what makes one attempt where sources do not say; 30 minutes when nothing is said; inherited by what is inside",
        fields=(
            Field("idle", DURATION, "a longer pause begins another attempt"),
            Field("until", CHOICE, "reaching an end is the end of the attempt", choices=("end",)),
            Field("per", CHOICE, "one for each consumer and civil day, whatever the pauses", choices=("day",)),
        ),
    ),
    Field(
        "funnel",
        RECORD,
        "when a step of the journey counts as reached; in order, by attempt and within 90 days of the first step when nothing "
        "is said; inherited by what is inside",
        fields=(
            Field("order", CHOICE, "in the journey's order; with nothing else in between; or in any order", choices=ORDERS),
            Field("by", CHOICE, "whose steps are followed: one attempt's, or a consumer's over all attempts", choices=FOLLOWED),
            Field("within", DURATION, "how long it may take, the last second included"),
            Field("per", CHOICE, "whether that counts from the first step, or from the step before", choices=COUNTED_FROM),
        ),
    ),
    PLAN,
    Field("worth", AMOUNT, "what one completion is worth to the organisation, such as 40 EUR; inherited by what is inside"),
    Field("needs", NEEDS, "what its consumers want, in their words"),
    Field("aims", AIMS, "what the organisation itself wishes of it; never a need"),
    Field("team", REF, "the team that runs and changes it; inherited by what is inside", (TEAM,), "owned-by"),
    Field("owner", TEXT, "who answers for it, where no outside consumer uses it; else it is the owner of its stream"),
    Field("uses", USES, "what it depends on", (SERVICE, PART, SUPPLIER), "uses"),
    Field("at", AT, "the steps it serves: step, or service.step; inherited by what is inside", (STEP,), "at"),
    Field("parts", NESTED, "the parts it is made of", (PART,)),
)

_DERIVED = {
    "consumers": "who consumes it follows from 'for' and from what uses it",
    "used-by": "it follows from the 'uses' of the others",
    "remit": "it follows from the streams, teams and policies of the owner",
    "parent": "nesting says it; across files write 'part-of'",
    "steps": "they follow from 'journey'",
    "suppliers": "it follows from the supplier's 'provides'",
    "policies": "it follows from the policy's 'binds'",
    "kind": "the section it stands in says it",
}

KINDS: tuple[Kind, ...] = (
    Kind(CONSUMER, "consumers", "a kind of person or organisation that services are for", (
        Field("outside", FLAG, "true when outside the organisation; an outside consumer's service is owned by its stream"),
        Field("volume", AMOUNT, "how many there are, such as 4.1M/yr"),
        *_ANY,
    ), {"needs": "a need belongs to the service that should meet it", "uses": "a service names its consumers with 'for'"}),
    Kind(STREAM, "value-streams", "how services come to be and change, from a need becoming known to it being met", (
        Field("owner", TEXT, "the one person who answers for it and for what outside consumers get from it"),
        Field("fund", AMOUNT, "money it has, such as 6.4M EUR/yr; a stream is funded, never a project"),
        Field("starts", TEXT, "where a need becomes known"),
        Field("stages", STAGES, "its stages in order, the team of each, and what each stage meets", (TEAM,), "staffed-by"),
        Field("aims", AIMS, "what the organisation wishes of the work in it, such as p85 cycle-time <= 30d over 90d"),
        *_ANY,
    ), {"teams": "they follow from the teams' 'stream' and from the stages", "services": "a service names its 'stream'"},
        ("stream",)),
    Kind(SERVICE, "services", "something provided to a consumer to meet a need", (
        *_PROVIDED,
        Field("services", NESTED, "services inside this one", (SERVICE,)),
        Field("unit", REF, "the department or agency that provides it", (UNIT,), "part-of"),
        Field("part-of", REF, "the service it is inside, where it is not nested there", (SERVICE,), "part-of"),
        *_ANY,
    ), _DERIVED),
    Kind(PART, "parts", "a piece of a service: software, a desk, a form, a process", (
        *_PROVIDED,
        Field("part-of", REF, "the service or part it is inside, where it is not nested there", (SERVICE, PART), "part-of"),
        *_ANY,
    ), _DERIVED, ("component",)),
    Kind(POLICY, "policies", "a rule people or teams must follow; a loss can start at one", (
        Field("owner", TEXT, "who can change it"),
        Field("basis", TEXT, "why it is so: law, contract, our own choice"),
        Field("outcomes", TEXTS, "outcomes of an attempt that are its doing, as facts name them, such as refused-by-limit"),
        Field("binds", REFS, "what it binds: service.step, service, part, stream or team",
              (STEP, SERVICE, PART, STREAM, TEAM), "binds"),
        PLAN,
        *_ANY,
    ), {"services": "write 'binds'"}),
    Kind(TEAM, "teams", "people who work together on parts and services", (
        Field("type", CHOICE, "what kind of team it is", choices=TEAM_TYPES),
        Field("people", NUMBER, "how many people it has"),
        Field("line", NUMBER, "which line of support it is: 1 for the front, that people meet first; 2, 3 for those behind it"),
        CALENDAR,
        Field("ask", TEXTS, "how others ask it for something: a chat channel, a form, an address"),
        Field("serves", REF_TO_CHOICES, "the teams it serves, and how", (TEAM,), "serves", SERVING),
        Field("stream", REF, "the stream that funds it, where its work does not already say so", (STREAM,), "runs-in"),
        Field("unit", REF, "the department or agency it is in", (UNIT,), "part-of"),
        *_ANY,
    ), {"owner": "it is the owner of the team's stream", "parts": "a part names its 'team'",
        "services": "a service names its 'team'"},
        ("group",)),
    Kind(SUPPLIER, "suppliers", "an organisation outside that provides something", (
        Field("provides", PROVIDES, "what it provides; a name not declared elsewhere becomes a service",
              (SERVICE, PART), "provides"),
        Field("contract", RECORD, "what was agreed", fields=(
            Field("ends", DATE, "day the contract ends"),
            Field("cost", AMOUNT, "what it costs, such as 0.11 EUR per booking"),
        )),
        PLAN,
        *_ANY,
    ), {"used-by": _DERIVED["used-by"]}),
    Kind(UNIT, "units", "a department, agency or other unit of the organisation", (
        Field("part-of", REF, "the unit it is in", (UNIT,), "part-of"),
        Field("owner", TEXT, "who leads it"),
        Field("units", NESTED, "units inside this one", (UNIT,)),
        *_ANY,
    ), {"services": "a service names its 'unit'", "teams": "a team names its 'unit'"}, ("department", "agency", "body")),
)  # fmt: skip

HEADER = Kind(ORG, "org", "the organisation itself", (
    Field("name", TEXT, "its name", required=True),
    Field("purpose", TEXT, "what it is for"),
    Field("north-star", TEXT, "the one thing that tells whether it thrives"),
), {"hash": "it is computed from what is declared"})  # fmt: skip

NEED_KIND = Kind(NEED, None, "what a consumer wants, in their words", (
    Field("says", TEXT, "the need in the consumer's own words", required=True),
    Field("because", EVIDENCE, "why we believe it: text, or research and the day it is dated", fields=(
        Field("research", TEXT, "what was done and found"),
        Field("dated", DATE, "the day of it"),
    )),
    Field("assumes", ASSUMED, "what somebody takes for granted of where it is lost, until data say so: one, or a list", fields=(
        Field("at", TEXT, "the part, service, supplier, policy or step where it is lost", required=True),
        Field("share", AMOUNT, "how much of all that is lost, such as 20%", required=True),
        Field("because", TEXT, "why one may think so", required=True),
        Field("dated", DATE, "the day it was written down"),
    )),
    Field("targets", TARGETS, "measurable stand-ins: [quantile] measure op number unit over window "
          "[@ step] [in channel] [for consumer] [from date]"),
))  # fmt: skip

STEP_STAGE = Field(
    "stage", CHOICE, "where it stands in the whole service; what is inside a group follows it", choices=tuple(JOURNEY_STAGES)
)

STAGE = Kind("stage", None, "one stage of a value stream", (
    Field("stage", TEXT, "its name", required=True),
    Field("kind", CHOICE, "whether it adds value", choices=STAGE_KINDS),
    Field("team", REF, "the team that does it", (TEAM,), "staffed-by"),
    Field("meets", REFS, "internal services and policies the work meets there", (SERVICE, PART, POLICY), "meets"),
    Field("queue", CHOICE, "what work that queues before it waits for, where that is always the same", choices=tuple(QUEUES)),
    Field("named", TEXTS, "other names that sources have for it, such as the columns of a board"),
))  # fmt: skip

ALL_KINDS: tuple[Kind, ...] = (HEADER, *KINDS, NEED_KIND, STAGE)
BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
BY_SECTION: Mapping[str, Kind] = {kind.section: kind for kind in KINDS if kind.section}
PLURALS: Mapping[str, str] = {kind.name: (kind.section or kind.name).replace("-", " ") for kind in KINDS} | {STEP: "steps"}
NESTING: tuple[str, ...] = ("sequence", "choice", "parallel", "retry", "optional")
"""Words that nest steps in a journey; `step` marks a step with a title and can never be one of them."""


def kind_named(word: str) -> Kind | None:
    """Return the kind a source calls *word*, in its own or another word; None when there is none.

    >>> kind_named("department").name, kind_named("Service").name, kind_named("planet")
    ('unit', 'service', None)
    """
    lowered = word.strip().lower()
    return next((kind for kind in KINDS if lowered in (kind.name, kind.section, *kind.also)), None)


def relation_pairs() -> frozenset[tuple[str, str, str]]:
    """Return every (kind, relation, kind) that may be declared or seen."""
    pairs = {
        (kind.name, each.relation, to_kind)
        for kind in KINDS for each in kind.fields if each.relation for to_kind in each.kinds
    }  # fmt: skip
    return frozenset(pairs | {(STREAM, "meets", to_kind) for to_kind in (SERVICE, PART, POLICY)})
