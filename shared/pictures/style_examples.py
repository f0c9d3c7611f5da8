"""Example pictures of styles, all of one subject. An operator has them made by the environment's own model, once.

`make style-examples` ──▶ a JPEG and a small one below examples/<style>/ ──▶ a line in the document examples/styles

A file's name follows from what was asked for: model, words, format. So an example is shown while these are those of
now; after a change of any of them there is none until the operator says the verb again.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace

from shared.codec import decode, encode, update
from shared.credits.catalogue import NANO_BANANA
from shared.errors import ConflictError
from shared.hash_ids import hash_id
from shared.pictures.styles import Style, list_styles, style_words
from shared.ports import Create, Key, Ports, Record, Store
from shared.providers.ladder import PictureRung
from shared.providers.outcomes import PictureTask

SUBJECT = "a red fox beside an old lighthouse"
"""What every example shows."""
MODEL: PictureRung = NANO_BANANA
"""The model of the offer that people start with."""
SIZE = "1K"
FOLDER = "examples/"
"""Where the files are in the bucket. No rule there deletes what has this prefix."""
_KEY = Key("examples", "styles")


@dataclass(frozen=True, slots=True)
class Example:
    """The stored example of a style."""

    name: str
    """The file's name in the bucket."""
    model_id: str
    """The model that made it, according to its provider."""
    is_test: bool = False
    """The model was not Google's, but one that stands in for it and knows no styles. People are told so."""
    file_id: str = ""
    """Telegram's id of the photo, once it was shown."""


@dataclass(frozen=True, slots=True)
class Examples:
    """The document with all examples, by their style's id."""

    of_styles: dict[str, Example] = field(default_factory=dict)


def example_task(style: Style) -> PictureTask:
    """What the model is asked for. The words are English, whatever people read."""
    ratio = style.ratio or "1:1"
    look = style_words(style, "en").removeprefix(f"{style.ratio} ")
    return PictureTask(f"{look} {SUBJECT}", ratio, SIZE)


def example_name(style: Style, *, is_test: bool) -> str:
    """The name of the file that a style's example has now; a test model's has another."""
    task, made_by = example_task(style), "test" if is_test else MODEL.name
    return f"{FOLDER}{style.id}/{hash_id('example', made_by, task.prompt, task.ratio, task.size)}.jpg"


def small_name(name: str) -> str:
    """The name of the small picture beside a file."""
    return f"{name}.small.jpg"


async def find_examples(store: Store) -> dict[str, Example]:
    """The examples that are current, in the order of the styles. Raises UnavailableError."""
    known = (await _open(store))[0].of_styles
    pairs = ((style, known.get(style.id)) for style in list_styles())
    return {
        style.id: each
        for style, each in pairs
        if each is not None and each.name == example_name(style, is_test=each.is_test)
    }


async def keep_example(store: Store, style_id: str, example: Example) -> None:
    """Store a style's example in place of an earlier one. Raises ConflictError, UnavailableError."""
    examples, record = await _open(store)
    changed = Examples({**examples.of_styles, style_id: example})
    await store.commit([Create(_KEY, encode(changed)) if record is None else update(record, changed)])


async def keep_file_id(ports: Ports, style_id: str, example: Example, file_id: str) -> None:
    """Note the id of an example's photo, so that its bytes are sent once. Raises UnavailableError."""
    if file_id and file_id != example.file_id:
        with suppress(ConflictError):  # the next person who looks stores theirs
            await keep_example(ports.store, style_id, replace(example, file_id=file_id))


async def _open(store: Store) -> tuple[Examples, Record | None]:
    [record] = await store.read([_KEY])
    return (Examples() if record is None else decode(Examples, record.fields)), record
