"""One app of one kind of each page: the bot before this one had fourteen copies of an app, which drifted apart."""

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations

from shared.miniapp.templates import FOLDER
from shared.pages import ROUTES

ALIKE_MAX = 0.78
"""How much of two files is the same words in the same order. Two questions before a deletion have 0.76."""
CODE = FOLDER.parent
TEMPLATES = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}


def find_copies(files: dict[str, str]) -> list[tuple[str, str]]:
    """Which of these are nearly the same."""
    words = {name: source.split() for name, source in files.items()}
    return [
        (one, other)
        for one, other in combinations(words, 2)
        if (matcher := SequenceMatcher(None, words[one], words[other], autojunk=False)).quick_ratio() > ALIKE_MAX
        and matcher.ratio() > ALIKE_MAX
    ]


def test_no_page_is_nearly_another() -> None:
    """No template, script or handler is a changed copy of another; a copy of any of them would be noticed."""
    assert find_copies(TEMPLATES) == []
    handlers = {path.name: path.read_text(encoding="utf-8") for path in CODE.glob("*.py")}
    assert find_copies(handlers) == []
    for files, name in ((TEMPLATES, "balance.html"), (handlers, "buy_page.py")):
        copy = files[name].replace("balance", "wallet").replace("credits", "coins")
        assert find_copies({name: files[name], f"other-{name}": copy}) != []


def test_each_page_has_one_address_and_one_handler() -> None:
    """No address is in the table twice, and no handler answers two."""
    assert max(Counter((route.method, route.pattern) for route in ROUTES).values()) == 1
    assert max(Counter(route.handle for route in ROUTES).values()) == 1


def test_one_shell() -> None:
    """There is one page with scripts, which everybody gets. All others but the rules, which stand alone, are put into
    it, and each is shown somewhere.
    """
    assert [name for name, source in TEMPLATES.items() if "<script" in source] == ["shell.html"]
    assert {name for name, source in TEMPLATES.items() if "<html" in source} == {"shell.html", "rules.html"}
    shown = "".join(path.read_text(encoding="utf-8") for path in CODE.glob("*.py")) + "".join(TEMPLATES.values())
    assert [name for name in TEMPLATES if f'"{name}"' not in shown] == []
    for name, source in TEMPLATES.items():
        if "{% block content %}" in source and name != "page.html":
            assert re.match(r"{% extends \"page.html\" %}", source), name
