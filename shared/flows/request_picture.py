"""From words and material to accepted jobs, or to the reason why not."""

from dataclasses import dataclass

from shared.domain.catalogue import REFERENCES_MAX
from shared.domain.limits import ACTIVE_JOBS_MAX, PROMPT_CHARACTERS_MAX, SPEND_CREDITS_PER_DAY_MAX
from shared.domain.outcomes import DeclineReason
from shared.domain.requests import Material, plan_request
from shared.domain.users import Language, PictureSettings
from shared.flows.accept_request import Accepted, Declined, Origin, accept_request
from shared.flows.accounts import OpenUser
from shared.flows.job_events import MEDIUM
from shared.logs import log_event
from shared.ports import Ports, Screen, Write
from shared.texts import html_text

_TEXTS = {
    DeclineReason.PARENT_NOT_DONE: "declined-not-done",
    DeclineReason.PARENT_DELETED: "declined-deleted",
    DeclineReason.PROMPT_MISSING: "declined-no-prompt",
    DeclineReason.PROMPT_TOO_LONG: "declined-long",
    DeclineReason.FILE_TOO_LARGE: "declined-file-size",
    DeclineReason.TOO_MANY_REFERENCES: "declined-references",
    DeclineReason.NOT_ENOUGH_CREDITS: "declined-credits",
    DeclineReason.TOO_MANY_JOBS: "declined-jobs",
    DeclineReason.DAILY_CAP: "declined-day",
}
_LIMITS = {
    DeclineReason.PROMPT_TOO_LONG: PROMPT_CHARACTERS_MAX,
    DeclineReason.TOO_MANY_REFERENCES: REFERENCES_MAX,
    DeclineReason.TOO_MANY_JOBS: ACTIVE_JOBS_MAX,
    DeclineReason.DAILY_CAP: SPEND_CREDITS_PER_DAY_MAX,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for, in their words."""

    words: str
    material: Material | DeclineReason
    settings: PictureSettings | None = None
    """What it is made with; None: the person's settings."""


async def request_picture(
    ports: Ports, opened: OpenUser, origin: Origin, wish: Wish, extra_writes: tuple[Write, ...] = ()
) -> Accepted | Screen:
    """The jobs of a wish, or the screen that says why there are none. Raises as `accept_request` does."""
    material = wish.material
    if isinstance(material, DeclineReason):
        return _decline_wish(origin, material, wish)
    plan = plan_request(wish.words, wish.settings or opened.user.settings, material)
    if isinstance(plan, DeclineReason):
        return _decline_wish(origin, plan, wish)
    answer = await accept_request(ports, opened, origin, plan.request, plan.count, extra_writes)
    if isinstance(answer, Declined):
        log_event("request_declined", code=answer.reason.value, medium=MEDIUM)
        return _decline_means(origin, answer, plan.request.price * plan.count)
    return answer


def _decline_wish(origin: Origin, reason: DeclineReason, wish: Wish) -> Screen:
    log_event("request_declined", code=reason.value, medium=MEDIUM)
    return decline(origin.language, reason, wish.words)


def decline(language: Language, reason: DeclineReason, words: str = "") -> Screen:
    """Why a request is not taken, whoever asks."""
    return Screen(
        html_text(language, _TEXTS[reason], code=reason.value, limit=_LIMITS.get(reason, 0), length=len(words))
    )


def _decline_means(origin: Origin, declined: Declined, price: int) -> Screen:
    account, text_id = declined.user.account, _TEXTS[declined.reason]
    if declined.reason is DeclineReason.NOT_ENOUGH_CREDITS and not origin.is_private:
        text_id = "declined-credits-group"  # what somebody has is nobody else's business
    return Screen(
        html_text(
            origin.language,
            text_id,
            code=declined.reason.value,
            limit=_LIMITS.get(declined.reason, 0),
            price=price,
            credits=account.available,
            active=account.active_jobs,
        )
    )
