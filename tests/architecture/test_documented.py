"""Everything a person can meet is explained: commands, measures, rules, problem codes, documents that are named."""

from __future__ import annotations

import ast
import re

import click
import pytest

from architecture.reading import ROOT, modules, project_files
from wholeservice.app.cli import COMMANDS, cli
from wholeservice.app.help_pages import MEASURE, all_pages, find_page
from write_pages import PAGES

CODE = re.compile(r"^[A-Z]{2,4}\d{3}$")
MEASURE_SECTIONS = ("Formula", "Unit", "Counts", "Leaves out", "Source")
RULE_SECTIONS = ("What it looks at", "Why it matters", "False alarms", "What to do")


def codes_in_the_source() -> set[str]:
    return {
        node.value
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.match(node.value)
    }


def test_every_code_in_the_source_has_a_help_page():
    """Whatever code a message shows, `wholeservice explain CODE` answers."""
    explained = {page.name for page in all_pages()}
    assert codes_in_the_source() - explained == set()


def test_no_help_page_is_found_under_two_names_by_accident():
    """Names of measures, rules and codes are unique, in any letter case."""
    names = [page.name.lower() for page in all_pages()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("page", [each for each in all_pages() if each.kind == MEASURE], ids=lambda page: page.name)
def test_a_measure_says_what_it_counts_and_where_it_comes_from(page):
    """The help page of a measure has all its sections."""
    assert [section for section in MEASURE_SECTIONS if not re.search(rf"^{section}\b", page.text, re.MULTILINE)] == []


@pytest.mark.parametrize("page", [each for each in all_pages() if re.match(r"F\d", each.name)], ids=lambda page: page.name)
def test_a_rule_says_what_it_looks_at_and_what_to_do(page):
    """The help page of a rule has all its sections."""
    if page.name == "F100":
        pytest.skip("a rule that failed: a message about us, not a rule")
    assert [section for section in RULE_SECTIONS if not re.search(rf"^{section}\b", page.text, re.MULTILINE)] == []


def all_commands() -> dict[str, click.Command]:
    """Return every command by the words it is called with; those of a group, too: `store backup`."""
    found = {name: cli.get_command(click.Context(cli), name) for name in COMMANDS}
    groups = {name: each for name, each in found.items() if isinstance(each, click.Group)}
    return found | {
        f"{name} {below}": group.get_command(click.Context(group), below)
        for name, group in groups.items()
        for below in group.list_commands(click.Context(group))
    }


@pytest.mark.parametrize("name", all_commands())
def test_every_command_has_a_worked_example(name):
    """`--help` of a command shows one example."""
    assert re.search(rf"Example:\s+wholeservice .*{name}", all_commands()[name].help or "")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_comes_from_the_code_is_up_to_date(name):
    """It is what the commands, kinds, tables, measures, rules and problems say of themselves."""
    assert PAGES[name]() == (ROOT / "docs" / name).read_text(encoding="utf-8"), "run: make docs"


@pytest.mark.parametrize("name", all_commands())
def test_every_option_is_explained(name):
    """No option is left without a word of help."""
    assert [each.name for each in all_commands()[name].params if isinstance(each, click.Option) and not each.help] == []


def test_the_nearest_name_is_offered():
    """A misspelt measure is answered with the one that was meant."""
    from wholeservice.errors import InputError

    with pytest.raises(InputError) as caught:
        find_page("complétion")
    assert caught.value.problems[0].nearest == "completion"


def test_documents_that_are_named_exist():
    """A path of docs/ that the source, a document or a message names is there."""
    named = re.compile(r"\bdocs/[\w/.-]+?\.md\b")
    wrong = {
        f"{path.relative_to(ROOT)} names {match}"
        for path in project_files()
        if path.suffix in {".py", ".md", ".html", ".yaml", ".toml"} or path.name == "Makefile"
        for match in named.findall(path.read_text(encoding="utf-8"))
        if not (ROOT / match).exists()
    }
    assert wrong == set()


def test_links_and_pictures_outside_of_the_site_are_there():
    """The site has its own check of links; this is for what is read where the code is."""
    link = re.compile(r'\]\(([^)#:]+)[#)]|(?:src|srcset)="([^":]+)"')
    read = [path for path in project_files() if path.suffix == ".md" and not path.is_relative_to(ROOT / "docs")]
    found = [(path, "".join(match)) for path in read for match in link.findall(path.read_text(encoding="utf-8"))]
    assert len(found) > 10
    assert [f"{path.relative_to(ROOT)}: {target}" for path, target in found if not (path.parent / target).exists()] == []
