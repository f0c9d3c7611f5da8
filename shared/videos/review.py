"""The review screen: the video's settings, price and choices. Nothing is spent before a press. Pure."""

from dataclasses import replace
from datetime import datetime
from math import ceil

from shared.credits.catalogue import VIDEO, VIDEOS, VideoName, sold_videos
from shared.people.users import Language, User
from shared.pictures.cards import shorten_words
from shared.pictures.declines import way_to_credits
from shared.pictures.draft import Draft, references_of, words_of
from shared.pictures.keyboards import improve_button
from shared.ports import DEFAULT_SELLERS, Button, Screen
from shared.providers.videos import VideoWork
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text
from shared.videos.choice import Choice, Wish, fit, lengths_for, models_for, price_of_choice, works_for, write_choice
from shared.videos.read_wish import read_exclusions, says_no_movement, says_nothing

CHOOSE, MAKE, DROP = "vset", "vmake", "vdrop"
"""The buttons of the screen: another choice, *Make it*, *Cancel*."""
Row = tuple[Button, ...]


def wish_of(draft: Draft) -> Wish:
    """The request that is stored in a draft."""
    own = int(draft.parent_id is not None and not draft.source_seconds)
    pictures = references_of(draft)[: VIDEO.rungs[0].references_max - own]
    shape = pictures[0].ratio if pictures and draft.parent_id is None else None
    wish = Wish(
        words=words_of(draft),
        pictures=pictures,
        parent_id=draft.parent_id,
        source_seconds=draft.source_seconds,
        is_shared=draft.is_shared,
        shape=draft.shape or shape,
    )
    return read_exclusions(wish)


def price_of_review(draft: Draft, choice: Choice) -> int:
    """Credits."""
    return price_of_choice(wish_of(draft), choice)


def review_screen(
    draft: Draft,
    choice: Choice,
    user: User,
    language: Language,
    now: datetime,
    *,
    sellers: frozenset[str] = DEFAULT_SELLERS,
    sells: bool = False,
    is_told: bool = False,
) -> Screen:
    """The screen with the settings and a button for each choice; without enough credits it says what helps.

    Where credits are sold (`sells`), *Make it* stays: pressed without enough credits, it leads to what is missing.

    In a group it shows no price: the first press tells it to the requester; after it (`is_told`) the next press buys.
    """
    wish, price = wish_of(draft), price_of_review(draft, choice)
    choice = fit(wish, choice)
    lines = _describe(draft, wish, choice, language)
    rows = (*_models(draft, wish, choice, language, sold_videos(sellers)), *_choices(draft, wish, choice, language))
    cancel = Button(plain_text(language, "button-cancel"), write_callback(DROP, draft.id))
    if draft.is_private and user.account.available < price:
        way = _way_on(draft, wish, choice, user, language, now)
        lines.append(html_text(language, "review-short", price=price, credits=user.account.available, way=way))
        if not sells:
            return Screen("\n".join(lines), (*rows, (cancel,)))
        lines.append(html_text(language, "short-of-credits"))
    else:
        lines.append(html_text(language, "review-free"))
    label = plain_text(language, "button-make", price=price)
    data = write_callback(MAKE, draft.id, *write_choice(choice), price if draft.is_private or is_told else 0)
    make = Button(label if draft.is_private else label.partition(" · ")[0], data)
    return Screen("\n".join(lines), (*rows, (make,), (improve_button(language, "d", draft.id), cancel)))


def _describe(draft: Draft, wish: Wish, choice: Choice, language: Language) -> list[str]:
    """What is made from what, what to know about it, and how long it takes."""
    first, last = choice.offer.rungs[0].usual_seconds
    before = ceil(wish.source_seconds)
    lines = [
        html_text(
            language,
            _headline(wish, choice),
            words=shorten_words(wish.words),
            count=wish.picture_count,
            before=before,
            after=before + choice.seconds,
        )
    ]
    if wish.shape is not None and choice.work == "image" and wish.shape != choice.ratio:
        lines.append(html_text(language, "review-shape", shape=wish.shape, ratio=choice.ratio))
    if wish.without:
        lines.append(html_text(language, "took-without", words=shorten_words(wish.without)))
    if wish.seed is not None:
        lines.append(html_text(language, "took-seed", seed=str(wish.seed)))
    left_out = len(references_of(draft)) - len(wish.pictures)
    if left_out:
        lines.append(html_text(language, "review-left-out", count=wish.picture_count, left=left_out))
    if says_nothing(wish):
        lines.append(html_text(language, "review-extend-how"))
    if says_no_movement(wish):
        lines.append(html_text(language, "review-animate-how"))
    lines.append(html_text(language, "review-time", **{"from": first // 60, "to": -(-last // 60)}))
    return lines


def _headline(wish: Wish, choice: Choice) -> str:
    if choice.work == "image":
        return "review-frames" if wish.picture_count > 1 else "review-picture"
    names = {"edit": "review-edit", "extend": "review-extend", "reference": "review-references"}
    return names.get(choice.work, "review")


def _way_on(draft: Draft, wish: Wish, choice: Choice, user: User, language: Language, now: datetime) -> str:
    """Advice for a person without enough credits: the cheapest video, or how credits come."""
    shortest = fit(wish, replace(Choice(), work=choice.work, model=choice.model))
    least = price_of_review(draft, shortest)
    if user.account.available < least:
        return way_to_credits(language, user, least, now)
    seconds = shortest.seconds if shortest.work != "edit" else ceil(wish.source_seconds)
    return plain_text(language, "review-cheapest", price=least, seconds=seconds, size=shortest.resolution)


def dropped_screen(language: Language) -> Screen:
    """The screen after *Cancel*."""
    return Screen(html_text(language, "review-dropped"))


def _models(
    draft: Draft, wish: Wish, choice: Choice, language: Language, sold: tuple[VideoName, ...]
) -> tuple[Row, ...]:
    """A row per model that can do this, if there are several."""
    models = models_for(wish, sold)
    rows = []
    for model in models if len(models) > 1 else ():
        other = fit(wish, replace(choice, model=model))
        label = VIDEOS[model].title
        if draft.is_private:
            label = plain_text(language, "settings-model", title=label, price=price_of_choice(wish, other))
        title = plain_text(language, "chosen", label=label) if model == choice.model else label
        rows.append((Button(title, write_callback(CHOOSE, draft.id, *write_choice(other))),))
    return tuple(rows)


def _choices(draft: Draft, wish: Wish, choice: Choice, language: Language) -> tuple[Row, ...]:
    """One row per setting that can be chosen; the chosen value is marked."""

    def button(label: str, other: Choice) -> Button:
        shown = plain_text(language, "chosen", label=label) if fit(wish, other) == choice else label
        return Button(shown, write_callback(CHOOSE, draft.id, *write_choice(other)))

    offer = choice.offer
    works = () if says_nothing(wish) else works_for(wish, offer)
    lengths = lengths_for(wish, choice.work, offer) if choice.work else ()
    unit = "review-added" if choice.work == "extend" else "review-seconds"
    ratios = () if wish.source_seconds else offer.ratios  # a video keeps its shape
    rows = (
        tuple(
            button(plain_text(language, _name(wish, each)), replace(choice, work=each))
            for each in works
            if len(works) > 1
        ),
        tuple(button(plain_text(language, unit, seconds=each), replace(choice, seconds=each)) for each in lengths),
        tuple(button(each, replace(choice, resolution=each)) for each in offer.resolutions),
        (
            *(button(each, replace(choice, ratio=each)) for each in ratios),
            button("🔊", replace(choice, has_sound=True)),
            button("🔇", replace(choice, has_sound=False)),
        ),
    )
    return tuple(row for row in rows if len(row) > 1)


def _name(wish: Wish, work: VideoWork) -> str:
    """The text of the button that chooses this work."""
    if work == "image" and wish.picture_count > 1:
        return "review-work-frames"
    return f"review-work-{work}"
