"""Which rows are meant: comparisons with numbers and days; a cell that cannot be compared is refused, not left out."""

from __future__ import annotations

import pytest

ROWS = 'id,n,day\n1,5,2026-03-01\n2,"1,200",2026-03-02\n3,-1,2026-03-02T12:00:00Z\n4,,\n'


def chosen(workspace, where: str, content: str = ROWS):
    workspace.write("a.csv", content)
    fact = "interaction: { happened_at: 2026-01-01, service: s }"
    report = workspace.ingest(f"a:\n  file: a.csv\n  record: [id]\n  where: {where}\n  facts:\n    - {fact}\n")
    return workspace.rows("interactions", "record"), report.sources[0]


@pytest.mark.parametrize(
    ("where", "records"),
    [
        ('{ n: { ">": 5 } }', ["2"]), ('{ n: { ">=": 5 } }', ["1", "2"]), ('{ n: { "<": 5 } }', ["3"]),
        ('{ n: { "<=": "5", ">": -1 } }', ["1"]), ("{ day: { from: 2026-03-02 } }", ["2", "3"]),
        ("{ day: { after: 2026-03-01 } }", ["2", "3"]), ("{ day: { after: 2026-03-02 } }", []),
        ("{ day: { before: 2026-03-02 } }", ["1"]), ("{ day: { after: '2026-03-02 11:00' } }", ["3"]),
        ("{ day: { from: 2026-03-02, before: 2026-03-03 }, n: { is: present } }", ["2", "3"]),
        ("{ day: { before: 2026-03-02, zone: America/New_York } }", ["1"]),
    ],
)  # fmt: skip
def test_comparisons(workspace, where, records):
    """After a day is from the next day on; a missing cell passes no comparison; all conditions hold."""
    found, report = chosen(workspace, where)
    assert found == records
    assert (report.read, report.left_out, report.refused) == (len(records), 4 - len(records), 0)


def test_cells_are_read_in_their_own_format(workspace):
    """The cells are month first, and the bound is ISO."""
    content = "id,day\n1,1/31/2026\n2,2/1/2026\n"
    assert chosen(workspace, '{ day: { from: 2026-02-01, format: "%m/%d/%Y" } }', content)[0] == ["2"]
    assert chosen(workspace, "{ day: { '>': 1.5, decimal: ',' } }", 'id,day\n1,"1,4"\n2,"1,6"\n')[0] == ["2"]


def test_a_cell_that_cannot_be_compared_is_refused(workspace):
    """Nobody knows whether `many` is more than 4: the row is refused and told, the others are chosen."""
    found, report = chosen(workspace, '{ n: { ">": 4 } }', "id,n\n1,5\n2,many\n3,1\n")
    assert found == ["1"]
    assert (report.read, report.kept, report.refused, report.left_out) == (2, 1, 1, 1)
    assert [(each.what, each.value) for each in report.reasons] == [("column 'n' is no number", "many")]


def test_a_condition_of_an_entry_refuses_in_the_same_way(workspace):
    """Where another entry makes a fact of the row, it is kept, and its cell told."""
    workspace.write("a.csv", "id,n\n1,many\n2,5\n")
    fact = "interaction: { happened_at: 2026-01-01, service: s }"
    mapping = f"a:\n  file: a.csv\n  record: [id]\n  facts:\n    - {fact}\n    - {fact}\n      where: {{ n: {{ '>': 4 }} }}\n"
    (report,) = workspace.ingest(mapping).sources
    assert (report.kept, report.refused, report.quarantined) == (2, 0, 1)
    assert workspace.rows("interactions", "record") == ["1", "2", "2"]


def test_a_text_of_each_can_be_a_condition(workspace):
    """What an entry says of its column chooses too."""
    workspace.write("a.csv", "id,2026 web,2026 phone\n1,3,4\n")
    tally = 'tally: { entity: s, of: v, statistic: count, value: "{n}", from_at: "{from}", to_at: "{to}", window: calendar }'
    mapping = f'a:\n  file: a.csv\n  each: {{ columns: {{ n: "{{from}} {{channel}}" }} }}\n  facts:\n    - {tally}\n'
    workspace.ingest(mapping + "      where: { channel: phone }\n")
    assert workspace.rows("tallies", "value") == [4.0]


@pytest.mark.parametrize(
    "test", ['{ ">": many }', "{ from: soon }", "{ before: 20260301 }", "{ larger: 5 }", "{ '>': [1, 2] }", "{ format: '%d' }",
             "{ matches: 'a(?=b)' }"],
)  # fmt: skip
def test_a_condition_that_is_not_understood_has_its_place(workspace, test):
    """One mistake, one problem, with all that may stand there."""
    (problem,) = workspace.load(f"a:\n  file: a.csv\n  where: {{ n: {test} }}\n  facts: [ sighting: same ]\n")[1]
    assert (problem.code, problem.place.line) == ("SRC116", 3)
    assert "before:" in problem.expected
