"""A person's own numbers, from what is stored anyway: one query of transfers and two of results, whatever they have."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.credits.transfer_documents import transfers_of
from shared.gallery.find_results import find_results
from shared.jobs.attempts import attempt_seconds
from shared.jobs.job import Job
from shared.ports import Ports
from shared.statement.own_numbers import RESULTS_MAX, TRANSFERS_MAX, OwnNumbers, count_numbers, usual_seconds


@dataclass(frozen=True, slots=True)
class OwnUse:
    """What a person has made lately."""

    numbers: OwnNumbers
    usual: Mapping[str, int | None]
    """The usual time of each medium, in seconds."""
    jobs: tuple[Job, ...]
    """Of the newest results."""


async def gather_numbers(ports: Ports, user_id: int) -> OwnUse:
    """A person's numbers of 30 days, and their newest results. Raises UnavailableError."""
    found = await ports.store.find(transfers_of(user_id, TRANSFERS_MAX))
    numbers = count_numbers([decode(Transfer, record.fields) for record in found], ports.clock.now())
    durations = defaultdict[str, list[float]](list)
    results = (await find_results(ports, user_id, limit=RESULTS_MAX)).results
    for result in results:
        durations[result.medium].append(attempt_seconds(result.job))
    usual = {medium: usual_seconds(each) for medium, each in durations.items()}
    return OwnUse(numbers, usual, tuple(result.job for result in results))
