"""Prompts that a model proposes for a wish, or reads out of pictures and videos. Pure.

claimed ──▶ the model ──▶ variants: shown, each with a button that names its price
                     └──▶ none: given back, so that the next press asks again
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.credits.catalogue import Ratio
from shared.people.storage import kept_for
from shared.people.users import PictureSettings, User
from shared.pictures.picture import PictureRequest, Reference
from shared.pictures.request import Material, Plan, plan_one, plan_request
from shared.providers.outcomes import DeclineReason

KEPT = timedelta(days=35)
"""As long as a draft."""
CLAIM_KEPT = timedelta(seconds=90)
"""For so long the handling of one update has the model to itself; a worker that dies leaves the claim behind."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """See the module's docstring."""

    id: str
    user_id: int
    is_private: bool
    created_at: datetime
    expire_at: datetime
    words: str = ""
    """The person's wish, with its parameters; empty if the prompt was read out of files."""
    references: tuple[Reference, ...] = ()
    parent_id: str | None = None
    ratio: Ratio | None = None
    keeps_shape: bool = False
    wants_video: bool = False
    source_seconds: float = 0.0
    """The length of the video that the wish is about; 0 if it is about none."""
    was_refused: bool = False
    """A filter refused the wish in the person's words."""
    variants: tuple[str, ...] = ()
    """The prompts; empty until the model has answered."""
    claimed_by: str = ""
    """The inbox id of the update whose handler asks the model."""
    claimed_at: datetime | None = None

    @property
    def is_read(self) -> bool:
        """Whether the prompt was read out of files instead of a wish."""
        return not self.words

    @property
    def has_picture(self) -> bool:
        """Whether the result starts from a picture."""
        return bool(self.references) or self.parent_id is not None


def new_proposal(proposal_id: str, user: User, received_at: datetime, now: datetime, *, is_private: bool) -> Proposal:
    """A proposal without a wish and without variants, for what the webhook received then."""
    expire_at = now + kept_for(user.storage, received_at, KEPT)
    return Proposal(proposal_id, user.id, is_private, now, expire_at)


def with_material(proposal: Proposal, material: Material) -> Proposal:
    """The proposal for a wish with this material."""
    return replace(
        proposal,
        references=material.references,
        parent_id=material.parent_id,
        ratio=material.ratio,
        keeps_shape=material.keeps_shape,
    )


def claim(proposal: Proposal, inbox_id: str, now: datetime) -> Proposal:
    """The proposal, for which the handler of this update now asks the model."""
    return replace(proposal, claimed_by=inbox_id, claimed_at=now)


def give_back(proposal: Proposal) -> Proposal:
    """The proposal for which the model gave nothing."""
    return replace(proposal, claimed_by="", claimed_at=None)


def is_claimed(proposal: Proposal, inbox_id: str, now: datetime) -> bool:
    """Whether the handler of another update is asking the model."""
    is_fresh = proposal.claimed_at is not None and now - proposal.claimed_at < CLAIM_KEPT
    return is_fresh and proposal.claimed_by != inbox_id


def find_variant(proposal: Proposal, number: str) -> str | None:
    """The variant with this number, from 1; None if there is none."""
    return next((each for place, each in enumerate(proposal.variants, 1) if str(place) == number), None)


def plan_variant(proposal: Proposal, variant: str, settings: PictureSettings) -> Plan | DeclineReason:
    """What drawing a variant would order: the wish's own parameters and material, the variant's words.

    A model wrote the variant, so nothing in it is read as a parameter: it cannot change size, number or price.
    """
    material = Material(proposal.references, proposal.parent_id, proposal.ratio, proposal.keeps_shape)
    if proposal.is_read:
        read = plan_one(variant, None, variant, settings, material)
        return read if isinstance(read, DeclineReason) else Plan(_show(read, variant, settings), 1)
    plan = plan_request(proposal.words, settings, material)
    return plan if isinstance(plan, DeclineReason) else Plan(_show(plan.request, variant, settings), plan.count)


def _show(request: PictureRequest, variant: str, settings: PictureSettings) -> PictureRequest:
    """The request with a variant as its prompt, which the card shows, because the person did not write it."""
    return replace(
        request, prompt=variant, words="", unused="", settings=settings, show_words=True, is_understood=False
    )
