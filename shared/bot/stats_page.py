"""/stats: a person's own numbers, and what they may try next. Four reads, whatever they have."""

from collections import defaultdict
from collections.abc import Sequence

from shared.bot.balance import answer_alone
from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.credits.transfer_documents import transfers_of
from shared.gallery.find_results import find_results
from shared.jobs.attempts import attempt_seconds
from shared.jobs.popular import find_popular
from shared.people.users import Language
from shared.ports import Ports, Screen
from shared.statement.next_steps import list_next_steps
from shared.statement.own_numbers import RESULTS_MAX, TRANSFERS_MAX, OwnNumbers, count_numbers, usual_seconds
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, write_day

KINDS = ("picture", "video", "answer", "transcript", "speech")
"""In the order in which they are shown; each has a text `stats-<kind>`."""


async def show_stats(ports: Ports, visit: Visit, message: Message) -> None:
    """/stats: what was made, spent and returned, and how long it usually takes; in a group only in private."""
    user_id = visit.opened.user.id
    found = await ports.store.find(transfers_of(user_id, TRANSFERS_MAX))
    numbers = count_numbers([decode(Transfer, record.fields) for record in found], ports.clock.now())
    durations = defaultdict[str, list[float]](list)
    results = (await find_results(ports, user_id, limit=RESULTS_MAX)).results
    for result in results:
        durations[result.medium].append(attempt_seconds(result.job))
    usual = {medium: usual_seconds(each) for medium, each in durations.items()}
    talk, jobs = visit.opened.user.talk, [result.job for result in results]
    steps = list_next_steps(numbers.made, talk, jobs, await find_popular(ports.store))
    await answer_alone(ports, visit, _draw(numbers, usual, steps, visit.language), "stats")


def _draw(numbers: OwnNumbers, usual: dict[str, int | None], steps: Sequence[str], language: Language) -> Screen:
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
    if steps:
        lines += ["", html_text(language, "stats-try")]
    lines += [html_text(language, f"try-{step}") for step in steps]
    return Screen("\n".join(lines))
