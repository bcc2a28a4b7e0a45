"""The pages of sources say how new, whole, known and readable the facts are, each number with what it is a part of."""

from __future__ import annotations

from dataclasses import replace

from wholeservice.pages import service, source, sources


def test_the_list_says_of_each_source_what_is_late_missing_refused_and_unknown(data):
    """Three sources: one with everything wrong, one in order, one that was never read, which has no zeros."""
    page = sources.build(data)
    bookings, desk, survey = page.sources
    assert page.title == "3 sources: bookings is late, 20 rows refused at the last readings"
    assert (bookings.newest, bookings.is_late, bookings.days_missing, bookings.days_expected) == ("9 Nov 2026", True, 6, 40)
    assert bookings.freshness == "late: silent for 53 days up to 2 Jan 2027, usually every day"
    assert (bookings.kind, bookings.n_known, bookings.n_names, bookings.n_waiting) == ("table", 11, 12, 40)
    reading = bookings.reading
    assert reading.kept + reading.known + reading.superseded + reading.refused == reading.read == 5120
    assert (desk.is_late, desk.days_missing, desk.kind) == (False, 0, None)
    assert (survey.newest, survey.reading, survey.days_missing, survey.is_late) == (None, None, None, None)
    assert survey.freshness == "nothing has come from it yet"


def test_a_workspace_in_which_nothing_was_read_says_so(data):
    """No source, or only such without a fact."""
    assert sources.build(replace(data, sources=())).title == "Nothing has been read yet"
    assert sources.build(replace(data, sources=data.sources[2:])).title == "Nothing has been read yet"


def test_the_page_of_a_source_states_what_was_found(data):
    """Titles are findings: six days missing, what changed, what was refused, how many rows wait."""
    page = source.build(data, "bookings")
    assert page.days_title == "6 days are missing: 21 Oct 2026 to 26 Oct 2026"
    assert page.changed_title == ("The last reading: 4,900 new, 100 changed of 5,120 rows read; 3 records taken out")
    assert page.refused_title == "20 rows could not be read (0.39% of 5,120)"
    assert page.names_title == "40 rows wait for 1 name that nobody knows"
    assert (page.reasons[0].place, page.reasons[0].raw, page.reasons[0].n) == ("bookings.csv:12", "12,50 <b>", 23)
    assert [each.when for each in page.readings] == ["2 Jan 2027, 08:30", "26 Dec 2026, 08:30"]
    assert page.repeated == ("60 of 5,220 compared in interactions stand also in desk; for example b1 and d1",)
    assert page.declared_at == "wholeservice.yaml, line 8"
    assert [each.title for each in page.services] == ["Book and stay", "Spa"]


def test_the_page_of_a_source_in_order_says_that_it_is(data):
    """Nothing missing, nothing refused, every name known."""
    page = source.build(data, "desk")
    assert page.days_title == "No day is missing: 1 Oct 2026 to 31 Dec 2026"
    assert page.refused_title == "Every row and cell could be read"
    assert page.names_title == "Every name in it is known: 1 of 1"
    assert (page.gaps, page.reasons, page.names, page.emptied) == ((), (), (), ())


def test_a_service_says_which_of_its_sources_are_late(data):
    """The numbers of Book and stay rest on bookings, which is late; those of the night desk on one that is not."""
    assert [each.name for each in service.build(data, "stay").late] == ["bookings"]
    assert service.build(data, "night-desk").late == ()
