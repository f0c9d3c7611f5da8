"""A person's own numbers, from what is stored anyway: one query of transfers and two of results, whatever they have."""

from collections import defaultdict
from collections.abc import Mapping

from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.credits.transfer_documents import transfers_of
from shared.gallery.find_results import find_results
from shared.jobs.attempts import attempt_seconds
from shared.ports import Ports
from shared.statement.own_numbers import RESULTS_MAX, TRANSFERS_MAX, OwnNumbers, count_numbers, usual_seconds


async def gather_numbers(ports: Ports, user_id: int) -> tuple[OwnNumbers, Mapping[str, int | None]]:
    """The numbers, and the usual time of each medium in seconds. Raises UnavailableError."""
    found = await ports.store.find(transfers_of(user_id, TRANSFERS_MAX))
    numbers = count_numbers([decode(Transfer, record.fields) for record in found], ports.clock.now())
    durations = defaultdict[str, list[float]](list)
    for result in (await find_results(ports, user_id, limit=RESULTS_MAX)).results:
        durations[result.medium].append(attempt_seconds(result.job))
    return numbers, {medium: usual_seconds(each) for medium, each in durations.items()}
