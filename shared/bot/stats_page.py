"""/stats: a person's own numbers."""

from collections.abc import Mapping

from shared.bot.balance import answer_alone
from shared.bot.gather_numbers import gather_numbers
from shared.people.users import Language
from shared.ports import Ports, Screen
from shared.statement.own_numbers import OwnNumbers
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, write_day

KINDS = ("picture", "video", "answer", "transcript", "speech")
"""In the order in which they are shown; each has a text `stats-<kind>`."""


async def show_stats(ports: Ports, visit: Visit, message: Message) -> None:
    """/stats: what was made, spent and returned, and how long it usually takes; in a group only in private."""
    numbers, usual = await gather_numbers(ports, visit.opened.user.id)
    await answer_alone(ports, visit, _draw(numbers, usual, visit.language), "stats")


def _draw(numbers: OwnNumbers, usual: Mapping[str, int | None], language: Language) -> Screen:
    lines = [html_text(language, "stats-title", day=write_day(language, numbers.since))]
    lines += [
        html_text(language, f"stats-{kind}", count=numbers.made[kind]) for kind in KINDS if numbers.made.get(kind)
    ]
    if len(lines) == 1:
        lines.append(html_text(language, "stats-nothing"))
    lines.append(html_text(language, "stats-spent", credits=numbers.spent))
    if numbers.returned:
        lines.append(html_text(language, "stats-returned", credits=numbers.returned))
    lines += [
        html_text(language, f"stats-usual-{medium}", seconds=seconds)
        for medium, seconds in sorted(usual.items())
        if seconds
    ]
    lines.append(html_text(language, "stats-ways"))
    return Screen("\n".join(lines))
