"""The buttons of the gallery of styles. Pure.

The gallery itself offers a style for the next words; under a picture each style redraws it, at the price on its button.
"""

from collections.abc import Callable, Sequence

from shared.jobs.job import Job
from shared.people.users import Language, PictureSettings
from shared.pictures.draft import Draft
from shared.pictures.keyboards import PHOTO_BACK, in_rows
from shared.pictures.styles import Style, list_styles, price_of_style, title_style, write_style_offer
from shared.ports import Button
from shared.telegram.address import chat_of
from shared.telegram.callbacks import write_callback
from shared.texts import plain_text

Rows = tuple[tuple[Button, ...], ...]

CHOOSE_STYLE, LAST_IN_STYLE = "style", "stylelast"
"""The buttons of the gallery: a style for the next words; and the last wish in the style that was chosen."""
SEE_EXAMPLE = "stylesee"
"""The button that shows the example of a style."""
RESTYLE = "restyle"
"""The button that redraws a picture of ours in a style."""
PHOTO_STYLE = "photostyle"
"""The same for photos that we asked about."""
PER_ROW = 2
BEFORE, AFTER = "◀", "▶"


def gallery_buttons(language: Language, first_example: str = "") -> Rows:
    """Every style and template; a press chooses it for the next words. `first_example`: the style whose example is
    shown first; empty: there are none.
    """
    styles = [Button(title_style(each, language), write_callback(CHOOSE_STYLE, each.id)) for each in list_styles()]
    rows = in_rows(styles, PER_ROW)
    if not first_example:
        return rows
    return ((Button(plain_text(language, "button-examples"), write_callback(SEE_EXAMPLE, first_example)),), *rows)


def example_buttons(style: Style, shown: Sequence[str], language: Language) -> Rows:
    """Under an example: the style before, the style after, round and round, and the choice of this one."""
    at = shown.index(style.id)
    steps = ((BEFORE, shown[at - 1]), (AFTER, shown[(at + 1) % len(shown)]))
    step_row = tuple(Button(sign, write_callback(SEE_EXAMPLE, each)) for sign, each in steps if len(shown) > 1)
    choose = Button(plain_text(language, "button-example-choose"), write_callback(CHOOSE_STYLE, style.id))
    return (*((step_row,) if step_row else ()), (choose,))


def restyle_buttons(job: Job, settings: PictureSettings, count: str, opened: str) -> Rows:
    """The styles for a picture of ours; `opened` as for its tools."""
    return _offer(
        settings,
        job.language,
        lambda offer: write_callback(RESTYLE, job.id, count, opened, offer),
        Button(plain_text(job.language, "button-back"), write_callback("back", job.id, count)),
        is_private=chat_of(job).is_private,
    )


def photo_style_buttons(draft: Draft, settings: PictureSettings, language: Language, opened: str) -> Rows:
    """The same for photos that we asked about."""
    return _offer(
        settings,
        language,
        lambda offer: write_callback(PHOTO_STYLE, draft.id, opened, offer),
        Button(plain_text(language, "button-back"), write_callback(PHOTO_BACK, draft.id)),
        is_private=draft.is_private,
    )


def list_looks() -> tuple[Style, ...]:
    """The styles that a picture can be redrawn in: a template says what it is to be, not how it is to look."""
    return tuple(each for each in list_styles() if not each.is_template)


def _offer(
    settings: PictureSettings, language: Language, write: Callable[[str], str], back: Button, *, is_private: bool
) -> Rows:
    price = price_of_style(settings)
    shown = f" · {price}" if is_private else ""
    buttons = [
        Button(title_style(each, language) + shown, write(write_style_offer(each, price))) for each in list_looks()
    ]
    return (*in_rows(buttons, PER_ROW), (back,))
