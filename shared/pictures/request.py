"""Making a picture request from a person's words and settings."""

from dataclasses import dataclass, replace

from shared.credits.catalogue import OFFERS, Ratio, model_for, nearest_ratio, price_of, ratio_of, title_of
from shared.jobs.limits import check_request
from shared.people.users import PictureSettings
from shared.pictures.picture import PictureRequest, Reference
from shared.pictures.prompts import Missed, ParsedPrompt, parse_prompt
from shared.providers.images import Image
from shared.providers.outcomes import DeclineReason


@dataclass(frozen=True, slots=True)
class Material:
    """The input of a new picture: references and an earlier version."""

    references: tuple[Reference, ...] = ()
    parent_id: str | None = None
    ratio: Ratio | None = None
    """The ratio to keep unless another is named."""
    keeps_shape: bool = False
    """The ratio is an estimate of the first reference's shape; the opened file decides."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A request and the number of its pictures."""

    request: PictureRequest
    count: int
    missed: tuple[Missed, ...] = ()
    """Unavailable parameters; the request has the nearest ones."""

    @property
    def price(self) -> int:
        """Credits for all its pictures."""
        return self.request.price * self.count


def plan_request(words: str, settings: PictureSettings, material: Material) -> Plan | DeclineReason:
    """The plan: the parameters in the words come first, then the settings."""
    return plan_parsed(parse_prompt(words), words, settings, material)


def plan_one(
    prompt: str, ratio: Ratio | None, words: str, settings: PictureSettings, material: Material
) -> PictureRequest | DeclineReason:
    """A plan for one picture at the person's settings, from a model's reading of their words.

    The prompt is not parsed for parameters.
    """
    said = parse_prompt(words)
    parsed = ParsedPrompt(prompt, ratio=ratio, without=said.without, seed=said.seed)
    plan = plan_parsed(parsed, words, settings, material)
    return plan if isinstance(plan, DeclineReason) else replace(plan.request, settings=settings, is_understood=True)


def plan_parsed(
    parsed: ParsedPrompt, words: str, settings: PictureSettings, material: Material
) -> Plan | DeclineReason:
    """`plan_request` for words that were parsed; `words` are the person's own."""
    size = parsed.size or settings.size
    reason = check_request(
        f"{parsed.text}\n{parsed.without}" if parsed.text and parsed.without else parsed.text,
        [reference.size_bytes for reference in material.references],
        len(material.references) + (material.parent_id is not None),
    )
    if reason is not None:
        return reason
    pictures = len(material.references) + (material.parent_id is not None)
    model = model_for(settings.model, pictures)
    takes_seed = OFFERS[model].rungs[0].takes_seed
    unused = parsed.unused if takes_seed or parsed.seed is None else (*parsed.unused, f"--seed {parsed.seed}")
    request = PictureRequest(
        prompt=parsed.text,
        model=model,
        ratio=nearest_ratio(model, parsed.ratio or material.ratio or settings.ratio),
        size=size,
        price=price_of(model, size),
        references=material.references,
        parent_id=material.parent_id,
        original=settings.original,
        words="" if words == parsed.text else words,
        unused=" ".join(unused),
        without=parsed.without,
        seed=parsed.seed if takes_seed else None,
        keeps_shape=material.keeps_shape and parsed.ratio is None,
    )
    missed = find_missed(parsed, request)
    if model != settings.model:
        missed += (Missed(f"{title_of(settings.model)} (🖼×{pictures})", title_of(model)),)
    return Plan(request, parsed.count or settings.count, missed)


def ratio_for(request: PictureRequest, references: tuple[Image, ...]) -> Ratio:
    """The final ratio, after the files are opened: Telegram does not always give the shape of a file."""
    if not request.keeps_shape or not references:
        return request.ratio
    shape = ratio_of(references[0].width, references[0].height)
    return request.ratio if shape is None else nearest_ratio(request.model, shape)


def find_missed(parsed: ParsedPrompt, request: PictureRequest) -> tuple[Missed, ...]:
    """The unavailable parameters, including those that this model does not support."""
    if parsed.ratio is None or parsed.missed or request.ratio == parsed.ratio:
        return parsed.missed
    return (Missed(f"{parsed.ratio} ({OFFERS[request.model].title})", request.ratio),)
