"""The question before a batch: what would be drawn, and what it costs. Pure."""

from collections.abc import Sequence
from datetime import datetime

from shared.credits.catalogue import title_of
from shared.people.users import Language, User
from shared.pictures.batch import BATCH_MAX, BatchPlan, Prompts
from shared.pictures.batch_card import batch_line
from shared.pictures.declines import way_to_credits
from shared.pictures.draft import Draft
from shared.pictures.picture import PictureRequest
from shared.pictures.questions import tell_missed
from shared.pictures.request import Material, Plan, plan_request
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text

BATCH, BATCH_DROP = "batch", "batchdrop"
"""The buttons that buy a batch, and end its question."""


def quote_screen(
    draft: Draft,
    plan: BatchPlan,
    user: User,
    language: Language,
    now: datetime,
    notes: Sequence[str] = (),
    *,
    sells: bool = False,
) -> Screen:
    """What would be drawn and what it costs. With too few credits a button for as many as they pay for.

    Where credits are sold (`sells`), that for all stays: pressed without enough credits, it leads to what is missing.
    """
    count, price = len(plan.requests), plan.price_of(BATCH_MAX)
    affordable = max(n for n in range(count + 1) if plan.price_of(n) <= user.account.available)
    lines = [
        html_text(language, "batch-quote", count=count),
        *_list_requests(plan.requests, language),
        _common_chips(plan.requests),
        *notes,
    ]
    if affordable == count:
        lines.append(html_text(language, "review-free"))
    else:
        way = "" if affordable else way_to_credits(language, user, plan.price_of(1), now)
        lines.append(html_text(language, "batch-short", price=price, credits=user.account.available, way=way))
        lines += [html_text(language, "short-of-credits")] if sells else []
    counts = dict.fromkeys((affordable, count) if sells else (affordable,))
    rows = (
        *(row for number in counts for row in _make_rows(draft, plan, number, language)),
        *_alone_rows(draft, user, language),
        (Button(plain_text(language, "button-cancel"), write_callback(BATCH_DROP, draft.id)),),
    )
    return Screen("\n".join(line for line in lines if line), rows)


def tell_left_out(language: Language, prompts: Prompts, plan: BatchPlan) -> tuple[str, ...]:
    """What was not taken from the text, in one line for each reason."""
    notes = []
    if prompts.left_out or plan.left_out:
        notes.append(html_text(language, "batch-most", limit=BATCH_MAX))
    if prompts.repeated:
        notes.append(html_text(language, "batch-repeated", count=prompts.repeated))
    if prompts.too_long:
        notes.append(html_text(language, "batch-too-long", count=prompts.too_long))
    if plan.missed:
        notes.append(html_text(language, "batch-missed", missed=tell_missed(language, plan.missed)))
    return tuple(notes)


def _make_rows(draft: Draft, plan: BatchPlan, count: int, language: Language) -> tuple[tuple[Button, ...], ...]:
    if not count:
        return ()
    price = plan.price_of(count)
    text_id = "button-batch" if count == len(plan.requests) else "button-batch-first"
    label = plain_text(language, text_id, count=count, price=price)
    return ((Button(label, write_callback(BATCH, draft.id, count, price)),),)


def price_alone(words: str, user: User) -> int:
    """The price of these words as one request, in credits; 0 if nobody can have it."""
    plan = plan_request(words, user.settings, Material()) if words else None
    return plan.price if isinstance(plan, Plan) else 0


def _alone_rows(draft: Draft, user: User, language: Language) -> tuple[tuple[Button, ...], ...]:
    """The whole list as the words for one picture, where nobody said that it is a batch."""
    price = price_alone(draft.caption, user)
    if not price or price > user.account.available:
        return ()
    label = plain_text(language, "button-batch-alone", price=price)
    return ((Button(label, write_callback("draw", draft.id)),),)


def _list_requests(requests: Sequence[PictureRequest], language: Language) -> list[str]:
    """A numbered line for each; where they differ, each says its shape."""
    is_same = len({_shape(request) for request in requests}) == 1
    return [
        batch_line(language, number, request) + ("" if is_same else f" · {request.ratio} · {request.size}")
        for number, request in enumerate(requests, 1)
    ]


def _common_chips(requests: Sequence[PictureRequest]) -> str:
    shapes = {_shape(request) for request in requests}
    first = requests[0]
    parts = (title_of(first.model), *(_shape(first) if len(shapes) == 1 else ()))
    return "🎨 " + " · ".join(parts)


def _shape(request: PictureRequest) -> tuple[str, str]:
    return request.ratio, request.size
