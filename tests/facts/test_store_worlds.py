"""What was observed and what was simulated are never mixed: a store knows whose facts it holds."""

from __future__ import annotations

import pytest

from facts.said import commit, said_by
from wholeservice.app.settings import load
from wholeservice.app.workspace import store_of
from wholeservice.errors import InputError
from wholeservice.facts.store import Store


def refused(store: Store) -> str:
    with pytest.raises(InputError) as caught:
        commit(store, {"r": ["simulated"]}, 1)
    (problem,) = caught.value.problems
    assert problem.next_step
    return f"{problem.code} {problem.what}"


def test_simulated_facts_do_not_enter_the_observed_store(tmp_path):
    """Also when the marker is missing, as in a store of an older version."""
    commit(Store(tmp_path), {"r": ["x"]})
    assert refused(Store(tmp_path, world="faster")).startswith("STO105")
    (tmp_path / "world").unlink()
    assert "observed" in refused(Store(tmp_path, world="faster"))
    assert said_by(Store(tmp_path)) == {"r": ["x"]}


def test_observed_facts_do_not_enter_a_simulated_store(tmp_path):
    """Nor do those of another world."""
    commit(Store(tmp_path, world="faster"), {"r": ["x"]})
    assert "world faster" in refused(Store(tmp_path))
    assert "world slower" in refused(Store(tmp_path, world="slower"))
    commit(Store(tmp_path, world="faster"), {"r": ["y"]}, 1)
    assert said_by(Store(tmp_path)) == {"r": ["y"]}  # reading is free


def test_no_world_has_the_name_of_what_was_observed(tmp_path):
    """A world may be called anything, also observed: it is a world all the same."""
    commit(Store(tmp_path), {"r": ["x"]})
    assert refused(Store(tmp_path, world="observed")).startswith("STO105")


def test_a_workspace_has_a_store_for_each_world(tmp_path):
    """Worlds lie beside the store of what was observed, each in a folder of its name; a name that is none is refused."""
    (tmp_path / "wholeservice.yaml").write_text("name: Small\n")
    settings, _ = load(tmp_path)
    commit(store_of(settings), {"r": ["x"]})
    commit(store_of(settings, world="two-more-desks"), {"r": ["y"]})
    assert said_by(store_of(settings)) == {"r": ["x"]}
    assert said_by(Store(tmp_path / ".wholeservice" / "worlds" / "two-more-desks" / "store")) == {"r": ["y"]}
    for name in ("../store", "", "Desk", "a/b", "-x"):
        with pytest.raises(InputError) as caught:
            store_of(settings, world=name)
        assert caught.value.problems[0].code == "STO106"
