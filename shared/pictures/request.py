"""From a person's words and settings to what shall be made."""

from dataclasses import dataclass, replace

from shared.credits.catalogue import OFFERS, Ratio, nearest_ratio, price_of, ratio_of
from shared.jobs.limits import check_request
from shared.people.users import PictureSettings
from shared.pictures.picture import PictureRequest, Reference
from shared.pictures.prompts import Missed, ParsedPrompt, parse_prompt
from shared.providers.images import Image
from shared.providers.outcomes import DeclineReason


@dataclass(frozen=True, slots=True)
class Material:
    """What a new picture starts from."""

    references: tuple[Reference, ...] = ()
    parent_id: str | None = None
    ratio: Ratio | None = None
    """The shape to keep unless another is named."""
    keeps_shape: bool = False
    """That shape is the first reference's: the file itself decides, once it is opened."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A request that may be asked of the ledger, and how many pictures of it."""

    request: PictureRequest
    count: int
    missed: tuple[Missed, ...] = ()
    """Parameters that cannot be had; the request has the nearest."""

    @property
    def price(self) -> int:
        """Credits for all its pictures."""
        return self.request.price * self.count


def plan_request(words: str, settings: PictureSettings, material: Material) -> Plan | DeclineReason:
    """The request: its parameters, and then the settings, decide what the words do not say."""
    return _plan(parse_prompt(words), words, settings, material)


def plan_one(
    prompt: str, ratio: Ratio | None, words: str, settings: PictureSettings, material: Material
) -> PictureRequest | DeclineReason:
    """One picture at the person's settings, as a model has read it out of their words.

    Whatever stands in the prompt is what the picture shows, and no parameter.
    """
    plan = _plan(ParsedPrompt(prompt, ratio=ratio), words, settings, material)
    return plan if isinstance(plan, DeclineReason) else replace(plan.request, settings=settings, is_understood=True)


def _plan(parsed: ParsedPrompt, words: str, settings: PictureSettings, material: Material) -> Plan | DeclineReason:
    size = parsed.size or settings.size
    reason = check_request(
        parsed.text,
        [reference.size_bytes for reference in material.references],
        len(material.references) + (material.parent_id is not None),
    )
    if reason is not None:
        return reason
    request = PictureRequest(
        prompt=parsed.text,
        model=settings.model,
        ratio=nearest_ratio(settings.model, parsed.ratio or material.ratio or settings.ratio),
        size=size,
        price=price_of(settings.model, size),
        references=material.references,
        parent_id=material.parent_id,
        original=settings.original,
        words="" if words == parsed.text else words,
        unused=" ".join(parsed.unused),
        keeps_shape=material.keeps_shape and parsed.ratio is None,
    )
    return Plan(request, parsed.count or settings.count, find_missed(parsed, request))


def ratio_for(request: PictureRequest, references: tuple[Image, ...]) -> Ratio:
    """The ratio to paint in, now that the files are opened: Telegram does not always tell the shape of a file."""
    if not request.keeps_shape or not references:
        return request.ratio
    shape = ratio_of(references[0].width, references[0].height)
    return request.ratio if shape is None else nearest_ratio(request.model, shape)


def find_missed(parsed: ParsedPrompt, request: PictureRequest) -> tuple[Missed, ...]:
    """What was asked for and cannot be had, also because this model does not paint it."""
    if parsed.ratio is None or parsed.missed or request.ratio == parsed.ratio:
        return parsed.missed
    return (Missed(f"{parsed.ratio} ({OFFERS[request.model].title})", request.ratio),)
