"""/stats: a person's own numbers, and what they may try next. Four reads, whatever they have."""

from collections.abc import Sequence

from shared.bot.balance import answer_alone
from shared.bot.gather_numbers import OwnUse, gather_numbers
from shared.jobs.popular import find_popular
from shared.people.users import Language
from shared.ports import Ports, Screen
from shared.statement.next_steps import list_next_steps
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, write_day

KINDS = ("picture", "video", "answer", "transcript", "speech")
"""In the order in which they are shown; each has a text `stats-<kind>`."""


async def show_stats(ports: Ports, visit: Visit, message: Message) -> None:
    """/stats: what was made, spent and returned, and how long it usually takes; in a group only in private."""
    use = await gather_numbers(ports, visit.opened.user.id)
    steps = list_next_steps(use.numbers.made, visit.opened.user.talk, use.jobs, await find_popular(ports.store))
    await answer_alone(ports, visit, _draw(use, steps, visit.language), "stats")


def _draw(use: OwnUse, steps: Sequence[str], language: Language) -> Screen:
    numbers = use.numbers
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
        for medium, seconds in sorted(use.usual.items())
        if seconds
    ]
    lines.append(html_text(language, "stats-ways"))
    if steps:
        lines += ["", html_text(language, "stats-try")]
    lines += [html_text(language, f"try-{step}") for step in steps]
    return Screen("\n".join(lines))
