"""The screen of a proposal: its prompts, whole, and buttons with prices. Pure."""

from shared.people.users import Language, PictureSettings
from shared.pictures.keyboards import IMPROVE, improve_button
from shared.pictures.request import Plan
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text
from shared.videos.choice import Choice, Wish, choice_for, price_of_choice
from shared.wording.proposal import Proposal, plan_variant

OF_DRAFT, OF_JOB, OF_PROPOSAL, ANEW = "d", "j", "p", "n"
"""What *Improve* is about: a question of ours, a picture, a prompt that was read; or *Others* for the same wish."""
DRAW_VARIANT, FILM_VARIANT = "variant", "vfilm"
"""The buttons that buy a picture, and that open the review of a video."""
Row = tuple[Button, ...]


def draw_proposal(proposal: Proposal, settings: PictureSettings, language: Language) -> Screen:
    """The prompts of a proposal."""
    return _draw_read(proposal, settings, language) if proposal.is_read else _draw_wording(proposal, settings, language)


def film_wish(proposal: Proposal, words: str) -> tuple[Wish, Choice]:
    """The video of these words, and what its review shows first."""
    wish = Wish(words, proposal.references, proposal.parent_id, proposal.source_seconds, shape=proposal.ratio)
    return wish, choice_for(proposal.ratio)


def _draw_wording(proposal: Proposal, settings: PictureSettings, language: Language) -> Screen:
    lines = [html_text(language, "wording-title", count=len(proposal.variants))]
    lines += [
        html_text(language, "wording-variant", number=number, words=words)
        for number, words in enumerate(proposal.variants, 1)
    ]
    others = Button(plain_text(language, "button-others"), write_callback(IMPROVE, ANEW, proposal.id))
    return Screen("\n".join(lines), (_variants(proposal, settings), (others,)))


def _draw_read(proposal: Proposal, settings: PictureSettings, language: Language) -> Screen:
    [words] = proposal.variants
    text = html_text(language, "wording-read", words=words)
    draw = _priced(proposal, plain_text(language, "button-read-draw"), _price(proposal, words, settings))
    film = _priced(proposal, plain_text(language, "button-read-film"), _film_price(proposal))
    row = (
        Button(draw, _buy(proposal, 1, _price(proposal, words, settings))),
        Button(film, write_callback(FILM_VARIANT, proposal.id, 1)),
    )
    return Screen(text, (row, (improve_button(language, OF_PROPOSAL, proposal.id),)))


def _variants(proposal: Proposal, settings: PictureSettings) -> Row:
    """A button for each prompt."""
    if proposal.wants_video:
        price = _film_price(proposal)
        return tuple(
            Button(_priced(proposal, f"🎬 {number}", price), write_callback(FILM_VARIANT, proposal.id, number))
            for number in range(1, len(proposal.variants) + 1)
        )
    prices = [_price(proposal, words, settings) for words in proposal.variants]
    return tuple(
        Button(_priced(proposal, f"🎨 {number}", price), _buy(proposal, number, price))
        for number, price in enumerate(prices, 1)
    )


def _buy(proposal: Proposal, number: int, price: int) -> str:
    return write_callback(DRAW_VARIANT, proposal.id, number, price)


def _price(proposal: Proposal, words: str, settings: PictureSettings) -> int:
    """Credits for all pictures of a variant."""
    plan = plan_variant(proposal, words, settings)
    return plan.price if isinstance(plan, Plan) else 0


def _film_price(proposal: Proposal) -> int:
    """Credits for the video that the review offers first."""
    return price_of_choice(*film_wish(proposal, ""))


def _priced(proposal: Proposal, label: str, price: int) -> str:
    """The label with the price; in groups without it."""
    return f"{label} · {price}" if proposal.is_private else label
