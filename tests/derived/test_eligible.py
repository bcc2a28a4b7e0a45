"""How many people a service is for, as declared."""

from __future__ import annotations

from wholeservice.derived.eligible import eligible_table
from wholeservice.organisation.load import load_texts

TEXT = """
org: { name: Inn, purpose: Sleep, north-star: people who come back }
consumers:
  guest: { outside: true, volume: 4.1M/yr }
  hotelier: { outside: true, volume: 212 }
  agent: { outside: false, volume: 85 }
  cook: { outside: false }
services:
  stay: { for: { guest: [uses] } }
  rooms: { for: { hotelier: [uses], agent: [uses] } }
  half: { for: { hotelier: [uses], guest: [uses] } }
  kitchen: { for: { cook: [uses] } }
  none: {}
"""


def test_only_where_every_kind_of_consumer_is_a_number_of_people():
    """Two kinds add up; a volume a year is no number of people, and one kind without a number leaves all unknown."""
    organisation, _ = load_texts({"organisation/x.yaml": TEXT})
    assert eligible_table(organisation).to_pylist() == [
        {"eligible_of": "rooms", "n_people": 297.0, "declared_at": "organisation/x.yaml:5"}
    ]
