"""The pages of terms say what the bot says, and each leads to the other."""

import re
from pathlib import Path

import pytest

from shared.people.talk import CONFIRM_USUALLY_ABOVE
from shared.people.users import LANGUAGES, Language
from shared.texts import html_text, unmark

PAGES = Path(__file__).parents[2] / "docs/terms"
SECTIONS = {"terms": 1, "paysupport": 2, "privacy": 3}
"""The command → the number of its section on the page."""
SAID: dict[str, dict[Language, str]] = {
    "terms": {
        "en": f"""button; card or the question; before a model is asked; {CONFIRM_USUALLY_ABOVE}; first about
            your own limit; In a group; held|reserved; when the result is delivered; canceled in time; costs? nothing
            no money; do not expire; taken back; renews itself every 30 days; once its credits are used; be wrong
            law forbids; Prices may change; always honoured; free every day
            /gift; /settings; /receipt; /subscription""",
        "ru": f"""на кнопке; карточке или в вопросе; до обращения к модели; {CONFIRM_USUALLY_ABOVE}; сначала спр
            вашего предела; В группе; резервиру; результат доставлен; вовремя отменено; ничего не стоит
            не деньги; не сгорают; списываются, если; каждые 30 дней; кредиты которого потрачены; могут ошибаться
            законом запрещено; Цены могут меняться; засчитывается всегда; каждый день бесплатна
            /gift; /settings; /receipt; /subscription""",
    },
    "paysupport": {
        "en": """not used; 14 days; receipt; /balance; also if they were spent; part; cards are closed; Telegram""",
        "ru": """спользованные; 14 дней; чека; /balance; даже если они потрачены; часть; закрыта; Telegram""",
    },
    "privacy": {
        "en": """90 days; /gallery; /history; /memory; for good; group; emergencies; 14 weeks""",
        "ru": """90 дней; /gallery; /history; /memory; всегда; групп; аварии; 14 недель""",
    },
}
"""What a command says of each rule, which its section says too."""


def read_section(language: Language, number: int) -> str:
    """One section of the page, on one line and without its marks."""
    page = (PAGES / f"{language}.md").read_text("utf-8")
    return re.sub(r"[`*\s]+", " ", page.split("\n## ")[number])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", SECTIONS)
def test_page_and_bot_say_the_same(command: str, language: Language) -> None:
    """Each rule of a command stands on the page too, in the same words where it counts."""
    said = unmark(html_text(language, command, limit=CONFIRM_USUALLY_ABOVE, contact="@us"))
    page = read_section(language, SECTIONS[command])
    rules = [rule.strip() for rule in re.split(r";|\n", SAID[command][language])]
    assert [rule for rule in rules if not (re.search(rule, page) and re.search(rule, said))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_lead_to_each_other(language: Language) -> None:
    """The page names the commands; the terms name the way to money back, and that names the terms."""
    page = (PAGES / f"{language}.md").read_text("utf-8")
    assert all(f"`/{command}`" in page for command in SECTIONS)
    assert "/paysupport" in html_text(language, "terms", limit=1)
    assert "/terms" in html_text(language, "paysupport", contact="@us")


def test_both_languages_have_the_same_rules() -> None:
    """A rule that was added in one language only is noticed, on the page and in the commands."""

    def count(text: str, mark: str) -> int:
        return len([line for line in text.splitlines() if line.strip().startswith(mark)])

    pages = [(PAGES / f"{language}.md").read_text("utf-8").split("\n## ") for language in LANGUAGES]
    one, other = [[count(section, "- ") for section in page] for page in pages]
    assert one == other
    for command in SECTIONS:
        texts = [html_text(language, command, limit=1, contact="@us") for language in LANGUAGES]
        assert count(texts[0], "•") == count(texts[1], "•")
