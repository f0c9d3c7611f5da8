"""One round of counting the people of an audience: every user is read once, so the number of reads is known."""

from datetime import timedelta

from shared.broadcasts.audience import belongs, read_person
from shared.broadcasts.broadcast import Outcome, count_outcome
from shared.broadcasts.broadcast_documents import PAGE_MAX, people_after
from shared.broadcasts.change_broadcast import OpenBroadcast
from shared.broadcasts.hold_broadcast import end_round, keep_progress
from shared.credits.catalogue import price_of
from shared.ports import Ports

ROUND_SECONDS = 25.0


async def count_people(ports: Ports, held: OpenBroadcast) -> OpenBroadcast:
    """Count for one round. Raises LeaseLostError, UnavailableError."""
    audience, progress = held.broadcast.audience, held.broadcast.progress
    price, people, until = price_of("fast", "1K"), held.broadcast.people, ports.clock.now() + _LASTS
    is_read = False
    while not is_read and ports.clock.now() < until:
        page, now = await ports.store.find(people_after(progress.cursor)), ports.clock.now()
        for record in page:
            person = read_person(record)
            people += person is not None and belongs(person, audience, price, now, now)
            progress = count_outcome(progress, record.fields["id"], Outcome.LEFT_OUT)
        is_read = len(page) < PAGE_MAX
    held = await keep_progress(ports, held, progress, people, None)
    return await end_round(ports, held, is_finished=is_read)


_LASTS = timedelta(seconds=ROUND_SECONDS)
