"""*Examples* under /styles: one message whose photo changes from style to style, by Telegram's own ids.

A style whose photo Telegram does not know yet is sent once from the bucket, and its id is kept.
"""

from shared.errors import BlobMissingError, MessageRejectedError
from shared.people.users import Language
from shared.pictures.style_examples import Example, find_examples, keep_file_id
from shared.pictures.style_keyboards import example_buttons
from shared.pictures.styles import Style, find_style, title_style
from shared.ports import Media, Ports, Screen
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text


async def press_example(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show the example of the style that the button names. Raises MessengerErrors, UnavailableError."""
    style, examples = find_style("".join(arguments[:1])), await find_examples(ports.store)
    example = None if style is None or not tap.chat.is_private else examples.get(style.id)
    if style is None or example is None:
        await toast(ports, visit, tap, "old-menu")
        return
    await answer_tap(ports, tap.query_id)
    rows = example_buttons(style, list(examples), visit.language)
    screen = Screen(_describe(style, example, list(examples), visit.language), rows)
    await _show(ports, visit, tap, style, example, screen)


def _describe(style: Style, example: Example, shown: list[str], language: Language) -> str:
    title, index = title_style(style, language), shown.index(style.id) + 1
    text = html_text(language, "style-example", title=title, index=index, count=len(shown))
    lines = [text, *([html_text(language, "style-example-test")] if example.is_test else [])]
    return "\n".join(lines)


async def _show(ports: Ports, visit: Visit, tap: Tap, style: Style, example: Example, screen: Screen) -> None:
    name = f"{style.id}.jpg"
    if example.file_id:
        try:
            await ports.messenger.edit_photo(visit.place, tap.message_id, Media(example.file_id, name), screen)
        except MessageRejectedError:  # Telegram does not know the id: another bot's, or too old
            pass
        else:
            return
    try:
        content = await ports.blobs.get(example.name)
    except BlobMissingError:
        return  # somebody emptied the bucket; the message stays as it is
    sent = await ports.messenger.edit_photo(visit.place, tap.message_id, Media(content, name), screen)
    await keep_file_id(ports, style.id, example, sent.file_id)
