"""Both languages say the same things, in HTML that Telegram takes, within its limits."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

import shared.texts
from shared.credits.catalogue import OFFERS
from shared.credits.read_offers import FILE
from shared.people.users import LANGUAGES, Language
from shared.texts import html_text, plain_text, unmark, write_moment

FOLDER = Path(shared.texts.__file__).parent
NUMBERS = (
    "active", "answers", "count", "credits", "from", "held", "index", "left", "length", "limit", "most", "parts",
    "price", "to",
)  # fmt: skip
AMOUNTS = (0, 1, 2, 5, 11, 21, 1000)
HOSTILE = "<b>\"&'</b>"


class Variables(Visitor):
    """Collects the variables of a message."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 — the library's name
        self.names.add(node.id.name)


class References(Visitor):
    """Collects the other texts that a text refers to."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_MessageReference(self, node: ast.MessageReference) -> None:  # noqa: N802 — the library's name
        self.names.add(node.id.name)

    def visit_TermReference(self, node: ast.TermReference) -> None:  # noqa: N802 — the library's name
        self.names.add(node.id.name)


def read_messages(language: Language) -> dict[str, set[str]]:
    """The variables of each message by its id."""
    resource = FluentParser().parse((FOLDER / f"{language}.ftl").read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for entry in resource.body:
        assert not isinstance(entry, ast.Junk), entry.content
        if isinstance(entry, ast.Message):
            assert entry.id.name not in found, f"{entry.id.name} is there twice"
            variables = Variables()
            variables.visit(entry)
            found[entry.id.name] = variables.names
    return found


MESSAGES = {language: read_messages(language) for language in LANGUAGES}
EVERY = sorted(MESSAGES["en"])


def values(names: set[str], amount: int, word: str) -> dict[str, Any]:
    return {name: amount if name in NUMBERS else word for name in names}


class Markup(HTMLParser):
    """Refuses what Telegram's HTML does not know, and tags that do not close."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert tag in {"b", "i", "u", "s", "code", "pre", "blockquote"}, tag
        assert not attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_entityref(self, name: str) -> None:
        assert name in {"lt", "gt", "amp", "quot"}, name


def check_markup(text: str) -> None:
    parser = Markup()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    assert not re.search(r"&(?!(lt|gt|amp|quot);)", text)


def test_same_texts() -> None:
    """Every text exists in both languages."""
    assert set(MESSAGES["ru"]) == set(MESSAGES["en"])


def test_same_variables() -> None:
    """A text says the same facts in both languages."""
    assert MESSAGES["ru"] == MESSAGES["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_valid(language: Language) -> None:
    """With any amount and any words a text is complete, and HTML that Telegram takes."""
    for (message_id, names), amount in product(MESSAGES[language].items(), AMOUNTS):
        text = html_text(language, message_id, **values(names, amount, HOSTILE))
        assert text.strip() == text != "", message_id
        assert "{" not in text, message_id
        assert "\u2068" not in text, message_id
        assert '<b>"' not in text, message_id
        check_markup(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_variables_are_demanded(language: Language) -> None:
    """A text without its variables is an error, never a text with a hole."""
    for message_id, names in MESSAGES[language].items():
        if names:
            with pytest.raises(ValueError, match=message_id):
                html_text(language, message_id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_stand_alone(language: Language) -> None:
    """Each text is found by itself, as a reader of the whole file finds it, and refers to no other."""
    whole = FluentParser().parse((FOLDER / f"{language}.ftl").read_text(encoding="utf-8"))
    sources = shared.texts._sources(language)
    assert list(sources) == [entry.id.name for entry in whole.body if isinstance(entry, ast.Message)]
    for entry in whole.body:
        if isinstance(entry, ast.Message):
            [alone] = [
                each for each in FluentParser().parse(sources[entry.id.name]).body if isinstance(each, ast.Message)
            ]
            assert alone.equals(entry, ignored_fields=["span", "comment"])
            references = References()
            references.visit(entry)
            assert references.names == set()


def test_unknown_text() -> None:
    """A text that does not exist is an error."""
    with pytest.raises(LookupError):
        plain_text("en", "no-such-text")


def longest(language: Language, message_id: str, word: str = "E-NOT-DONE") -> str:
    names = MESSAGES[language][message_id]
    return max((plain_text(language, message_id, **values(names, amount, word)) for amount in AMOUNTS), key=len)


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit(language: Language) -> None:
    """Buttons and placeholders have at most 64 characters."""
    for message_id in EVERY:
        if re.fullmatch(r"button-.*|example-\d|settings-(original|model).*|language-..|.*-placeholder", message_id):
            assert len(longest(language, message_id, OFFERS["best"].title)) <= 64
    assert len(plain_text(language, "chosen", label=longest(language, "settings-model", OFFERS["best"].title))) <= 64


@pytest.mark.parametrize("language", LANGUAGES)
def test_toasts_fit(language: Language) -> None:
    """What a press is answered with has at most 200 characters, and no markup."""
    for message_id in EVERY:
        if re.match(r"toast-|declined-|old-menu|not-yours|deleted$|payments-closed", message_id):
            text = longest(language, message_id)
            assert len(text) <= 200, text
            assert "<" not in text


@pytest.mark.parametrize(("language", "message_id"), list(product(LANGUAGES, ["start", "help", "group-hello"])))
def test_screens_fit(language: Language, message_id: str) -> None:
    """A message has at most 4096 characters."""
    assert len(longest(language, message_id)) <= 4096


@pytest.mark.parametrize(
    ("price", "english", "russian"),
    [
        (0, "Nothing was charged.", "Ничего не списано."),
        (1, "1 credit is back.", "Вернулся 1 кредит."),
        (4, "4 credits are back.", "Вернулись 4 кредита."),
        (14, "14 credits are back.", "Вернулось 14 кредитов."),
        (21, "21 credits are back.", "Вернулся 21 кредит."),
    ],
)
def test_numbers_agree(price: int, english: str, russian: str) -> None:
    """Plural forms are right in both languages."""
    assert plain_text("en", "returned", price=price) == english
    assert plain_text("ru", "returned", price=price) == russian


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_price_is_typed_by_hand(language: Language) -> None:
    """What something costs stands in no text as a number: it comes from the file of offers."""
    verb = r"\b(?:costs?|priced?|prices|стоит|стоят|стоить|стоимость|цен[аеуы])\b"
    source = (FOLDER / f"{language}.ftl").read_text(encoding="utf-8")
    assert re.findall(verb + r"[^.{}\n]{0,20}?\b\d|\d\s*(?:credit|кредит)", source, re.IGNORECASE) == []


def test_only_html_is_escaped() -> None:
    """A button shows what was written; a message shows it escaped."""
    assert plain_text("en", "chosen", label="<x>") == "✅ <x>"
    assert html_text("en", "chosen", label="<x>") == "✅ &lt;x&gt;"


def test_unmark() -> None:
    """A toast shows a message's words as they were written, without its markup."""
    assert unmark(html_text("en", "chosen", label='<x> & "y"')) == '✅ <x> & "y"'
    assert unmark("<b>12</b> credits") == "12 credits"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_used(language: Language) -> None:
    """No text is left over: each id stands in the code, whole or as the family its last part belongs to."""
    root = FOLDER.parent.parent
    code = "".join(path.read_text() for top in ("shared", "infra") for path in (root / top).rglob("*.py"))
    for room in ("miniapp", "admin"):
        code += "".join(path.read_text() for path in (root / f"shared/{room}/templates").glob("*.html"))
    code += FILE.read_text()
    used = {i for i in MESSAGES[language] if f'"{i}"' in code or f'"{re.sub(r"[^-]+$", "{", i)}' in code}
    families = {i for i in MESSAGES[language] if re.match(r"example-\d-prompt|command-", i)}
    assert set(MESSAGES[language]) - used - families == set()


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(1, "вернулся 1 кредит"), (4, "вернулись 4 кредита"), (24, "вернулись 24 кредита"), (16, "вернулось 16 кредитов")],
)
def test_returned_in_russian(amount: int, expected: str) -> None:
    """An entry of credits that came back agrees with its number."""
    assert expected in html_text("ru", "entry-returned", date="", credits=amount, note="")


@pytest.mark.parametrize(("language", "words"), [("en", "5 December 2026 03:04"), ("ru", "5 декабря 2026 03:04")])
def test_a_day_is_not_mistaken_for_another(language: Language, words: str) -> None:
    """A month is told in words: 05.12 is May for some people."""
    assert write_moment(language, datetime(2026, 12, 5, 3, 4, tzinfo=UTC)) == words
