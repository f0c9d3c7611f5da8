"""Orders of programs: a price, or pictures and videos at that price.

    POST /pictures/quote, /videos/quote     what it costs; nothing is kept
    POST /pictures, /videos                 the same acceptance as in the chat

The id of a job comes from the person, the key and its idempotency key. So a call that comes again, also at the same
time or after a crash, finds the same jobs, and publishes them once more. It is answered before the models and the price
are looked at, which may have changed since, and before what it started from, which may be gone. Transfers are kept for
ever: so a key whose jobs are gone buys nothing more.
"""

import json

from shared.credits.catalogue import OFFERS, VIDEO
from shared.credits.ledger import TransferKind
from shared.credits.transfer_documents import end_key
from shared.errors import UnusableReportError
from shared.hash_ids import hash_id
from shared.jobs.accept_request import Accepted, Declined, Order, Origin, accept_request, find_accepted
from shared.jobs.identity import job_id_of
from shared.jobs.job_events import log_declined
from shared.jobs.publish_jobs import publish_job
from shared.miniapp.create_form import CreateForm, Medium, Sources
from shared.miniapp.find_sources import find_sources
from shared.people.users import language_of
from shared.pictures.picture import PictureArtefacts
from shared.pictures.prompts import ParsedPrompt
from shared.pictures.request import plan_parsed
from shared.ports import AppPorts
from shared.providers.outcomes import DeclineReason
from shared.rest.calls import Json, Problem, RestAnswer
from shared.rest.describe_job import describe_job
from shared.rest.program import RestCall
from shared.rest.read_order import RestOrder, read_order
from shared.rest.refusals import refuse_order
from shared.rest.surface import API, ApiAddress, write_address
from shared.telegram.address import asked_at
from shared.videos.choice import Choice, Wish, fit, plan_video
from shared.videos.video import VideoArtefacts

REPLAYED = {"Idempotent-Replayed": "true"}
"""The header of an answer to a call that came again."""
_REUSED = "This Idempotency-Key was used for another order, or for one that is not kept any more."
REUSED = Problem(422, _REUSED, "idempotency-key-reused")


async def quote_pictures(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """The price of pictures. Raises UnusableReportError, UnavailableError."""
    return await _quote(ports, call, "picture")


async def quote_video(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """The price of a video. Raises UnusableReportError, UnavailableError."""
    return await _quote(ports, call, "video")


async def order_pictures(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """Have pictures made. Raises UnusableReportError, UnavailableError."""
    return await _order(ports, call, "picture")


async def order_video(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """Have a video made. Raises UnusableReportError, UnavailableError."""
    return await _order(ports, call, "video")


async def _quote(ports: AppPorts, call: RestCall, medium: Medium) -> RestAnswer | Problem:
    wish = read_order(call.body, medium, ports.sellers, is_quote=True)
    order = await _plan(ports, call, wish)
    if isinstance(order, DeclineReason):
        return refuse_order(order, call.opened.user, 0, ports.clock.now())
    return RestAnswer({"price": order.price, "available": call.opened.user.account.available})


async def _order(ports: AppPorts, call: RestCall, medium: Medium) -> RestAnswer | Problem:
    order_hash = hash_id("order", medium, json.dumps(call.body, sort_keys=True))
    origin = _origin(ports, call, order_hash)
    [held] = await ports.store.read([end_key(TransferKind.HOLD, job_id_of(origin.intent, 1))])
    earlier = await find_accepted(ports, origin.intent)  # after the hold: both come with one commit, the hold stays
    if earlier is not None:
        return await _answer(ports, earlier, order_hash)
    if held is not None:
        return REUSED
    wish = read_order(call.body, medium, ports.sellers, is_quote=False)
    order = await _plan(ports, call, wish)
    if isinstance(order, DeclineReason):
        return refuse_order(order, call.opened.user, 0, ports.clock.now())
    if order.price != wish.price:
        detail = "It costs something else: ask for it at this price, or not at all."
        return Problem(409, detail, "price", {"price": order.price})
    accepted = await accept_request(ports, call.opened, origin, order)
    if isinstance(accepted, Declined):
        log_declined(accepted.user, origin.asked.received_at, accepted.reason.value, order.request.facts()["medium"])
        return refuse_order(accepted.reason, accepted.user, order.price, ports.clock.now(), accepted.until)
    return await _answer(ports, accepted, order_hash)


async def _answer(ports: AppPorts, accepted: Accepted, order_hash: str) -> RestAnswer | Problem:
    """The jobs, published once more: an earlier call may have died before that. Raises UnavailableError."""
    jobs, now = [each.job for each in accepted.jobs], ports.clock.now()
    address = jobs[0].address
    if not isinstance(address, ApiAddress) or address.order_hash != order_hash:
        return REUSED
    for job in jobs:
        await publish_job(ports, job)
    content: Json = {"price": sum(job.request.price for job in jobs), "jobs": [describe_job(job, now) for job in jobs]}
    where = {"Location": f"/api/v1/jobs/{jobs[0].id}"}
    return RestAnswer(content, 201, where) if accepted.fresh else RestAnswer(content, 200, {**where, **REPLAYED})


async def _plan(ports: AppPorts, call: RestCall, wish: RestOrder) -> Order | DeclineReason:
    """The order at the price of today. Raises UnusableReportError, UnavailableError."""
    form = CreateForm(wish.medium, wish.prompt, wish.settings, wish.choice, results=wish.sources)
    sources = await find_sources(ports, call.user_id, form)
    if isinstance(sources, DeclineReason):
        return sources
    if _count(sources) != len(wish.sources):
        return DeclineReason.TOO_MANY_REFERENCES  # of some of them nothing starts, as a picture of a video
    return _plan_video(wish, sources) if wish.medium == "video" else _plan_pictures(wish, sources)


def _count(sources: Sources) -> int:
    material = sources.material
    return 1 if sources.clip_id else len(material.references) + (material.parent_id is not None)


def _plan_pictures(wish: RestOrder, sources: Sources) -> Order | DeclineReason:
    ratio = wish.settings.ratio if "ratio" in wish.named or not wish.sources else None
    parsed = ParsedPrompt(wish.prompt, ratio=ratio, without=wish.without, seed=wish.seed)
    plan = plan_parsed(parsed, wish.prompt, wish.settings, sources.material)
    if isinstance(plan, DeclineReason):
        return plan
    if plan.request.model != wish.settings.model:
        return DeclineReason.TOO_MANY_REFERENCES
    kind = OFFERS[plan.request.model].kind
    return Order(kind, plan.request, PictureArtefacts(), wish.settings.count, has_card=False, is_recent=False)


def _plan_video(wish: RestOrder, sources: Sources) -> Order | DeclineReason:
    material = sources.material
    asked = Wish(
        wish.prompt,
        material.references,
        sources.clip_id or material.parent_id,
        source_seconds=sources.clip_seconds,
        shape=material.ratio,
        without=wish.without,
        seed=wish.seed,
    )
    _refuse_other_choice(wish, fit(asked, wish.choice))
    request = plan_video(asked, wish.choice)
    if isinstance(request, DeclineReason):
        return request
    return Order(VIDEO.kind, request, VideoArtefacts(), 1, has_card=False, is_recent=False)


def _refuse_other_choice(wish: RestOrder, fitting: Choice) -> None:
    """Raise UnusableReportError if the material does not go with a field that was sent."""
    for name in ("model", "seconds", "ratio", "resolution"):
        if name in wish.named and getattr(wish.choice, name) != getattr(fitting, name):
            raise UnusableReportError(f"{name}: not with these results to start from")
    if "seconds" in wish.named and fitting.work == "edit":
        raise UnusableReportError("seconds: a changed video is as long as it was")


def _origin(ports: AppPorts, call: RestCall, order_hash: str) -> Origin:
    now, user = ports.clock.now(), call.opened.user
    address = write_address(user.id, call.key.id, order_hash, now)
    return Origin(
        intent=hash_id("rest", ports.bot_id, user.id, call.key.id, call.idempotency_key),
        inbox_id=None,
        user_id=user.id,
        language=language_of(user, ""),
        surface=API,
        address=address,
        asked=asked_at(address, now),
        api_key_id=call.key.id,
        is_automatic=True,  # what the person waits for in the chat goes on
    )
