"""Reading a page of a statement. It costs the same however many transfers a person has.

One query of at most 21 transfers, one read of the transfers that decide which of them are entries (two for each hold
whose end is on a newer page), one read of the jobs of the entries.
"""

from dataclasses import replace
from datetime import datetime

from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.jobs.open_jobs import open_jobs
from shared.ports import Ports
from shared.statement.entries import TRANSFERS_READ, Page, cut_page, keep_whole_moments, list_unknown_ends
from shared.statement.section import Section, query_of


async def find_page(ports: Ports, user_id: int, section: Section, until: datetime | None) -> Page:
    """The entries of this time or older; None: the newest. Raises UnavailableError."""
    asked = query_of(section, user_id, TRANSFERS_READ + 1, until)
    found = [decode(Transfer, record.fields) for record in await ports.store.find(asked)]
    transfers = keep_whole_moments(found)
    ends = await ports.store.read(sorted({*list_unknown_ends(found)}, key=lambda key: key.id))
    booked = {each.id for each in found} | {record.key.id for record in ends if record is not None}
    page = cut_page(transfers, booked, has_more=len(found) > TRANSFERS_READ)
    jobs = await open_jobs(ports, sorted({each.job_id for each in page.entries if each.job_id is not None}))
    return replace(page, jobs={opened.job.id: opened.job for opened in jobs})
