"""What columns of numbers count: visits, transactions, costs ... in several languages. Data, and lookups in it."""

from __future__ import annotations

from wholeservice.proposal.words import words_of

COUNT, MEAN, SHARE = "count", "mean", "share"
TRANSACTIONS = "transactions"

_SURE: tuple[tuple[str, str, str], ...] = (
    # what is counted, as which statistic, what its column is called; the first that fits counts
    ("costs", MEAN, "cost per transaction,cpt,cost per use,cost per case"),
    ("completion", SHARE, "completion rate,completion,conversion rate,take up rate"),
    ("satisfaction", SHARE, "satisfaction,csat,satisfied,zufriedenheit,tevredenheid"),
    ("sessions", COUNT, "sessions,session count,sitzungen,sessies"),
    ("visitors", COUNT, "visitors,users,besucher,bezoekers,visiteurs"),
    ("visits", COUNT, "page views,pageviews,views,visits,hits,besuche,bezoeken,visites"),
    (TRANSACTIONS, COUNT, "transactions,volume,vol,completions,transacties,transaktionen,transacciones"),
    ("attempts", COUNT, "attempts,starts,started,begun"),
    ("costs", COUNT, "cost,costs,spend,kosten,expenditure"),
    ("contacts", COUNT, "contacts,calls,tickets,chats,emails,enquiries,anrufe,gesprekken"),
    ("answers", COUNT, "responses,answers,surveys"),
)
_LIKELY: tuple[tuple[str, str, str], ...] = (
    ("visits", COUNT, "unique events"),
    ("availability", SHARE, "sli value,sli,uptime,availability"),
    ("contacts", COUNT, "offered,handled,answered,abandoned"),
    (TRANSACTIONS, COUNT, "bookings,orders,purchases,conversions,applications,claims,registrations,renewals,sales,completed"),
    (TRANSACTIONS, COUNT, "bestellungen,boekingen,buchungen,aanvragen,antrage,requests,appointments,permits,pedidos,commandes"),
)
_PHRASES = tuple(
    (words_of(each), of, how, is_sure)
    for said, is_sure in ((_SURE, True), (_LIKELY, False))
    for of, how, names in said
    for each in names.split(",")
)
_GENERIC = frozenset(
    words_of(
        "count value n number total amount aantal anzahl nombre cantidad sum quantity qty events clicks numero mean avg "
        "average of"
    )
)
SHARES = frozenset(words_of("ctr rate share ratio proportion percent percentage pct quote anteil uptake"))
MEANS = frozenset(words_of("avg average mean median per gemiddeld durchschnitt promedio moyenne"))
NOT_COUNTED = frozenset(
    words_of(
        "id year month week day hour quarter code rank latitude longitude lat lon lng zip postcode index jahr monat maand jaar "
        "position version row stddev nr no num change min max group number key flight tail case ticket phone account invoice"
        " built serial model postal plz sku ean isbn iban pid build port sequence seq ref reference"
    )
)
"""Words of numbers that name or place something, and count nothing."""
LEVELS = frozenset(
    words_of(
        "temp temperature temperatur humidity humid pressure speed wind gust visibility visib dewp dir direction delay distance"
        " altitude alt height width depth weight size age score rating stars price level latency duration power voltage lag "
        "elapsed air time tz offset percentile p50 p90 p95 p99 limit target threshold goal"
    )
)
"""Words of numbers that are read off, and are never added up."""


def of_words(words: tuple[str, ...]) -> tuple[str | None, str, bool]:
    """
    Return what words say that is counted, as which statistic, and whether that is sure.

    >>> of_words(("digital", "vol")), of_words(("missed", "bins")), of_words(("avg", "cost"))
    (('transactions', 'count', True), (None, 'count', False), ('costs', 'mean', True))
    """
    how = SHARE if SHARES & set(words) else MEAN if MEANS & set(words) else None
    if words and all(word in _GENERIC for word in words):
        return TRANSACTIONS, how or COUNT, False
    for phrase, of, own, sure in _PHRASES:
        if any(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1)):
            return of, (how if how and own == COUNT else own), sure
    return None, how or COUNT, False


def names_something(words: tuple[str, ...]) -> bool:
    """
    Say whether words are those of a number that names something, and counts nothing.

    >>> names_something(("flight",)), names_something(("case", "number")), names_something(("number", "of", "calls"))
    (True, True, False)
    """
    return bool(NOT_COUNTED & set(words)) and not is_number_of(words)


def is_number_of(words: tuple[str, ...]) -> bool:
    """Say whether a name begins with `number of`."""
    return words[:2] in (("number", "of"), ("no", "of"), ("num", "of")) or words[:1] == ("nb",)


def is_hidden(name: str) -> bool:
    """Say whether a name is that of a field about the row itself, as `_count`, or of what is around it in JSON.

    >>> is_hidden("_id"), is_hidden("data._count"), is_hidden("visits")
    (True, True, False)
    """
    return name.rpartition(".")[2].startswith("_")
