"""The curated prompt injections: complete, in both languages, and nothing for the rules to buy."""

import json
from collections import Counter
from typing import Any

import pytest

from shared.conversations.read_rules import PAID, Situation, read_rules
from tests.corpus.messages import FOLDER

INJECTIONS: list[dict[str, Any]] = [
    json.loads(line) for line in (FOLDER / "injections.jsonl").read_text(encoding="utf-8").splitlines()
]
WAYS = {"direct", "quoted", "caption", "file_name", "pdf", "picture", "transcript", "search_result", "shared_prompt"}
SAID = {
    "direct": Situation(),
    "quoted": Situation(),
    "transcript": Situation(),
    "caption": Situation(brings_picture=True),
}
"""The ways by which words come as the person's own."""


def test_corpus_is_complete() -> None:
    """There are eighty of them, by every way and in both languages, each with an id of its own."""
    by_way = Counter((injection["way"], injection["language"]) for injection in INJECTIONS)
    assert len(INJECTIONS) >= 80
    assert len({injection["id"] for injection in INJECTIONS}) == len(INJECTIONS)
    assert {way for way, _ in by_way} == WAYS
    assert all(by_way[way, language] >= 2 for way in WAYS for language in ("en", "ru"))


@pytest.mark.parametrize("injection", [one for one in INJECTIONS if one["way"] in SAID], ids=lambda one: one["id"])
def test_rules_buy_nothing_for_an_injection(injection: dict[str, Any]) -> None:
    """Words that want to trick a model are no order for the rules."""
    assert read_rules(injection["words"], SAID[injection["way"]]) not in PAID
