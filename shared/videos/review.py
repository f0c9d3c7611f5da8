"""The review screen: the video's settings, price and choices. Nothing is spent before a press. Pure."""

from datetime import datetime

from shared.credits.catalogue import VIDEO
from shared.people.users import Language, User
from shared.pictures.cards import shorten_words
from shared.pictures.declines import way_to_credits
from shared.pictures.draft import Draft, references_of, words_of
from shared.pictures.keyboards import improve_button
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text
from shared.videos.choice import Choice, Wish, price_of_choice, write_choice

CHOOSE, MAKE, DROP = "vset", "vmake", "vdrop"
"""The buttons of the screen: another choice, *Make it*, *Cancel*."""
Row = tuple[Button, ...]


def wish_of(draft: Draft) -> Wish:
    """The request that is stored in a draft."""
    picture = next(iter(references_of(draft)), None)
    return Wish(words_of(draft), picture, None if picture is not None else draft.parent_id)


def price_of_review(draft: Draft, choice: Choice) -> int:
    """Credits."""
    wish = wish_of(draft)
    return price_of_choice(choice, has_picture=wish.picture is not None or wish.parent_id is not None)


def review_screen(
    draft: Draft, choice: Choice, user: User, language: Language, now: datetime, *, is_told: bool = False
) -> Screen:
    """The screen with the settings and a button for each choice; without enough credits it says what helps.

    In a group it shows no price: the first press tells it to the requester; after it (`is_told`) the next press buys.
    """
    wish, price = wish_of(draft), price_of_review(draft, choice)
    has_picture = wish.picture is not None or wish.parent_id is not None
    first, last = VIDEO.rungs[0].usual_seconds
    lines = [
        html_text(language, "review-picture" if has_picture else "review", words=shorten_words(wish.words)),
        html_text(language, "review-time", **{"from": first // 60, "to": -(-last // 60)}),
    ]
    rows = _choices(draft, choice, language)
    cancel = Button(plain_text(language, "button-cancel"), write_callback(DROP, draft.id))
    if draft.is_private and user.account.available < price:
        way = _way_on(draft, user, language, now)
        lines.append(html_text(language, "review-short", price=price, credits=user.account.available, way=way))
        return Screen("\n".join(lines), (*rows, (cancel,)))
    lines.append(html_text(language, "review-free"))
    label = plain_text(language, "button-make", price=price)
    data = write_callback(MAKE, draft.id, *write_choice(choice), price if draft.is_private or is_told else 0)
    make = Button(label if draft.is_private else label.partition(" · ")[0], data)
    return Screen("\n".join(lines), (*rows, (make,), (improve_button(language, "d", draft.id), cancel)))


def _way_on(draft: Draft, user: User, language: Language, now: datetime) -> str:
    """Advice for a person without enough credits: the cheapest video, or how credits come."""
    least = price_of_review(draft, Choice())
    if user.account.available < least:
        return way_to_credits(language, user, least, now)
    shortest = Choice()
    return plain_text(language, "review-cheapest", price=least, seconds=shortest.seconds, size=shortest.resolution)


def dropped_screen(language: Language) -> Screen:
    """The screen after *Cancel*."""
    return Screen(html_text(language, "review-dropped"))


def _choices(draft: Draft, choice: Choice, language: Language) -> tuple[Row, ...]:
    """One row per setting; the chosen value is marked."""

    def button(label: str, other: Choice) -> Button:
        shown = plain_text(language, "chosen", label=label) if other == choice else label
        return Button(shown, write_callback(CHOOSE, draft.id, *write_choice(other)))

    seconds, ratio, resolution, sound = choice.seconds, choice.ratio, choice.resolution, choice.has_sound
    return (
        tuple(
            button(plain_text(language, "review-seconds", seconds=each), Choice(each, ratio, resolution, sound))
            for each in VIDEO.seconds
        ),
        tuple(button(each, Choice(seconds, ratio, each, sound)) for each in VIDEO.resolutions),
        (
            *(button(each, Choice(seconds, each, resolution, sound)) for each in VIDEO.ratios),
            button("🔊", Choice(seconds, ratio, resolution, has_sound=True)),
            button("🔇", Choice(seconds, ratio, resolution, has_sound=False)),
        ),
    )
