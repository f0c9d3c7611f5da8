"""Everybody's books, one person after another, out of pages in the order of people."""

from collections.abc import AsyncIterator

from shared.credits.ledger import Account, Transfer
from shared.jobs.audit import BookedJob, PersonalBooks


async def gather_people(
    users: AsyncIterator[tuple[int, Account]], jobs: AsyncIterator[BookedJob], transfers: AsyncIterator[Transfer]
) -> AsyncIterator[PersonalBooks]:
    """One person's books after another, merged from three streams that are sorted by the people's ids."""
    user, job, transfer = await anext(users, None), await anext(jobs, None), await anext(transfers, None)
    while heads := [
        *([] if user is None else [user[0]]), *(each.user_id for each in (job, transfer) if each is not None)
    ]:  # fmt: skip
        books = PersonalBooks(min(heads))
        if user is not None and user[0] == books.user_id:
            books.account, user = user[1], await anext(users, None)
        while job is not None and job.user_id == books.user_id:
            books.jobs.append(job)
            job = await anext(jobs, None)
        while transfer is not None and transfer.user_id == books.user_id:
            books.transfers.append(transfer)
            transfer = await anext(transfers, None)
        yield books
