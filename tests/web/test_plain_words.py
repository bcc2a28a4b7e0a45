"""The face says things in plain words: no name of a statistical method, no acronym, no code of ours; "how we know" may."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import wholeservice
from pages import sample_asked
from wholeservice.app.web import create_app

ROOT = Path(wholeservice.__file__).parent
TEMPLATES, PAGES, PICTURES = (sorted(ROOT.glob(each)) for each in ("app/templates/*.html", "pages/*.py", "draw/*.py"))
METHODS = re.compile(
    r"\b(wilson|kish|bootstrap\w*|bca|bayes\w*|posterior\w*|prior distribution|markov|monte.carlo|shapley|regress\w*|welch|"
    r"newcombe|chi.squared?|p.values?|z.scores?|t.tests?|standard (error|deviation)s?|confidence|credible|significan\w+|"
    r"null hypothes\w+|varianc\w+|quantiles?|percentiles?|median|clustered|counterfactual|point estimate\w*|confounder\w*)\b",
    re.IGNORECASE,
)
ACRONYM = re.compile(r"(?<![\w&./])[A-Z]{2,}s?\b(?![/.]\w)")
KNOWN_WORDS = {"JSON", "CSV", "UTC", "ID"}  # what the links below a page are called, a time zone, what people carry
CODES = re.compile(r"\b[A-Z]{1,4}\d{3}\b|wholeservice\.(?!yaml)\w|\w__\w")
LEAKED = re.compile(r"\bNone\b(?! of)|\bnan\b|\bTrue\b|\bFalse\b")  # a value that was printed as it is
ADDRESSES = (
    "/", "/service/stay", "/service/night-desk", "/service/checkout", "/service/stay/step/pay", "/channel/web", "/team/booking",
    "/owner/Maya%20Okafor", "/findings", "/finding/1", "/search?q=pay", "/service/stay/blueprint", "/service/stay/feedback",
)  # fmt: skip


def strange(words: str) -> list[str]:
    """Return what does not belong on the face."""
    acronyms = [each for each in ACRONYM.findall(words) if each.removesuffix("s") not in KNOWN_WORDS]
    return [each.group() for pattern in (METHODS, CODES) for each in pattern.finditer(words)] + acronyms


def face_of(template: str) -> str:
    """Return the words of a template: without folds, tags, and what fills it."""
    shown = re.sub(r"<details class=\"how\">.*?</details>|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", shown)


def sentences(path: Path) -> Iterator[str]:
    """Yield the texts of a module that people may read: of two words or more, no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
        if is_text and re.search(r"[a-z] [a-z]", node.value):
            yield node.value


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_use_plain_words(path):
    """Outside of the folds that say how we know."""
    assert strange(face_of(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", PAGES + PICTURES, ids=lambda path: path.stem)
def test_pages_and_pictures_use_plain_words(path):
    """Every text that a page or a picture puts together."""
    assert [(words, strange(words)) for words in sentences(path) if strange(words)] == []


@pytest.fixture(scope="module")
def client():
    """The hotel with more of everything."""
    data = sample_asked.data()
    return TestClient(create_app(lambda: data), base_url="http://127.0.0.1")


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_with_numbers_use_plain_words(client, address):
    """As they are sent, with what measures, rules and sources say in them."""
    face = re.sub(r"<details class=\"how\">.*?</details>|<[^>]+>", " ", client.get(address).text, flags=re.DOTALL)
    assert strange(face) + LEAKED.findall(face) == []


@pytest.mark.parametrize("words", ["95% confidence", "BCa", "the p-value", "F101 was found", "its NPS fell"])
def test_the_check_sees_what_it_should(words):
    """Each kind of word that does not belong."""
    assert strange(words)


def test_the_check_lets_plain_words_through():
    """Also names in capitals that people know, and addresses."""
    assert strange("A JSON of 94.2% in Q3, likely 93% to 95%; ask Maya Okafor at /team/Booking") == []
