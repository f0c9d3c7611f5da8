"""What must hold of programs and of admins who give credits when everything has come to rest."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.admin.audit_log import AuditEntry
from shared.admin.change_credits import Outcome
from shared.admin.change_request import ChangeRequest, RequestState
from shared.admin.job_refund import find_refund, reference_of, refund_keys
from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.jobs.job import Job
from shared.pictures.picture import request_of
from shared.rest.surface import API, ApiAddress
from tests.simulation.paymasters import Paymasters
from tests.simulation.programs import ALONE_MAX, OWNERS, REVOKED, UNDER_WAY, Programs, key_of

if TYPE_CHECKING:
    from tests.simulation.world import World

OF_OPERATORS = "operator:"
"""The beginning of the ids of their transfers."""


def find_office_problems(world: "World", transfers: list[Transfer]) -> list[str]:
    """Each order of a program is made once; each present and each refund is one, and as somebody may give it."""
    if world.programs is None or world.paymasters is None:
        return []
    jobs = [job for job in world.jobs().values() if job.surface == API]
    requests = [decode(ChangeRequest, each) for each in world.store.collection("admin_requests").values()]
    entries = [decode(AuditEntry, each) for each in world.store.collection("audit_log").values()]
    booked = {each.id.removeprefix(OF_OPERATORS): each for each in transfers if each.id.startswith(OF_OPERATORS)}
    world.facts["jobs of programs"] = len(jobs)
    world.facts["calls with a revoked key"] = world.programs.shut_out
    world.facts["presents and refunds"] = len(booked)
    world.facts["agreed to"] = sum(each.state is RequestState.DONE for each in requests)
    return [
        *_find_wrong_orders(world.programs, jobs),
        *_find_late_jobs(world.programs, jobs),
        *_find_wrong_presents(world, world.paymasters, booked),
        *_find_wrong_agreements(world.paymasters, requests, booked),
        *_find_generous(entries),
        *_find_unbooked(world.paymasters, requests, booked),
    ]


def is_unseen(job: Job) -> bool:
    """Whether no message shows it, or nothing is left of it by now."""
    return job.surface == API or job.is_incognito


# --- programs ---


def _find_wrong_orders(programs: Programs, jobs: list[Job]) -> Iterator[str]:
    """An idempotency key stands for one order, whose jobs all its answers name."""
    made: dict[str, set[str]] = defaultdict(set)
    for job in jobs:
        made[request_of(job).prompt.removeprefix("a fox for ")].add(job.id)
    for name, ordered in programs.orders.items():
        if len(ordered.told) > 1:
            yield f"{name} was answered with {len(ordered.told)} sets of jobs"
        if ordered.told and made[name] != set(next(iter(ordered.told))):
            yield f"{name} was answered with other jobs than it has"
        if len(made[name]) not in {0, ordered.count, 4}:
            yield f"{name} of {ordered.count} became {len(made[name])} jobs"


def _find_late_jobs(programs: Programs, jobs: list[Job]) -> Iterator[str]:
    """A revoked key orders nothing more, and each job is of a person whose key it carried."""
    yield from (f"{name} was let in with a revoked key" for name in programs.let_in)
    for job in jobs:
        assert isinstance(job.address, ApiAddress)
        if job.user_id not in OWNERS or job.address.api_key_id != key_of(job.user_id):
            yield f"job {job.id} of {job.user_id} carries the key {job.address.api_key_id}"
        gone_at = programs.revoked_at
        if job.user_id == REVOKED and gone_at is not None and job.created_at > gone_at + UNDER_WAY:
            yield f"job {job.id} was ordered with a revoked key"


# --- admins ---


def _find_wrong_presents(world: "World", paymasters: Paymasters, booked: dict[str, Transfer]) -> Iterator[str]:
    """What is booked was wanted so: a present as its form says, a refund as its job was paid."""
    wanted = dict(paymasters.given)
    for job_id in paymasters.refunded:
        records = [None if (found := world.store._documents.get(key)) is None else found for key in refund_keys(job_id)]
        if (captured := find_refund(records).captured) is not None:
            wanted[reference_of(job_id)] = captured.user_id, find_refund(records).paid
    for reference, transfer in booked.items():
        if wanted.get(reference) != (transfer.user_id, transfer.credits):
            yield f"{reference} gave {transfer.credits} credits to {transfer.user_id}, not {wanted.get(reference)}"


def _find_wrong_agreements(
    paymasters: Paymasters, requests: list[ChangeRequest], booked: dict[str, Transfer]
) -> Iterator[str]:
    """Nobody agrees to what they asked for; what still waits gave nothing."""
    agreed = {(name, by) for name, by, outcome in paymasters.outcomes if outcome is Outcome.DONE}
    for each in requests:
        if (each.id, each.by) in agreed:
            yield f"{each.by} agreed alone to {each.reference}"
        if each.state is RequestState.WAITING and each.reference in booked:
            yield f"{each.reference} waits for an agreement and was given"


def _find_generous(entries: list[AuditEntry]) -> Iterator[str]:
    """Nobody gives more alone on a day than they may, and each act is in the audit once."""
    sums: Counter[tuple[int, str]] = Counter()
    for each in entries:
        if each.act in {"give", "refund"}:
            sums[each.by, each.at.date().isoformat()] += each.credits
    yield from (f"{by} gave {sum_} credits alone on {day}" for (by, day), sum_ in sums.items() if sum_ > ALONE_MAX)


def _find_unbooked(paymasters: Paymasters, requests: list[ChangeRequest], booked: dict[str, Transfer]) -> Iterator[str]:
    """Whoever was told that it is done, or was done before, finds it in the books."""
    references = {each.id: each.reference for each in requests}
    for name, by, outcome in paymasters.outcomes:
        reference = references.get(name) or (name if name in paymasters.given else reference_of(name))
        if outcome in {Outcome.DONE, Outcome.AGAIN} and reference not in booked:
            yield f"{by} was told that {reference} is {outcome}, and nothing was given"
