"""The examples of styles on the page *Create*, and their small pictures: GET /styles/{style}."""

from dataclasses import dataclass

from shared.errors import BlobMissingError
from shared.miniapp.calls import NOT_FOUND, Call, Reply
from shared.miniapp.small_pictures import JPEG, KEPT_SECONDS
from shared.people.users import Language
from shared.pictures.style_examples import find_examples, small_name
from shared.pictures.styles import list_styles, style_words, title_style
from shared.ports import AppPorts


@dataclass(frozen=True, slots=True)
class ShownStyle:
    """A style with an example."""

    id: str
    title: str
    words: str
    """What a press puts before the person's own words."""
    is_test: bool
    """A test model made the example."""


async def list_shown_styles(ports: AppPorts, language: Language) -> list[ShownStyle]:
    """The styles that have a current example. Raises UnavailableError."""
    examples = await find_examples(ports.store)
    return [
        ShownStyle(each.id, title_style(each, language), style_words(each, language), examples[each.id].is_test)
        for each in list_styles()
        if each.id in examples
    ]


async def show_style_example(ports: AppPorts, call: Call) -> Reply:
    """The small picture of a style's example. Raises UnavailableError."""
    example = (await find_examples(ports.store)).get(call.parameters["style"])
    try:
        content = b"" if example is None else await ports.blobs.get(small_name(example.name))
    except BlobMissingError:
        content = b""
    if not content:
        return NOT_FOUND
    return Reply(content, JPEG, headers={"Cache-Control": f"private, max-age={KEPT_SECONDS}"})
