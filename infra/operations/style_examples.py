"""Has the examples of styles made that /styles and the Mini App show, by the environment's own model.

    export GOOGLE_CLOUD_PROJECT=… MEDIA_BUCKET=…-media GEMINI_API_KEY=…      (no key: the enterprise API, by your login)
    python -m infra.operations.style_examples                says what is missing, and what it costs at most
    python -m infra.operations.style_examples --yes          has it made
    python -m infra.operations.style_examples --yes --local  in the system that `make run` started

Each example is asked for once: its file's name follows from the model and the words, so a command that was stopped goes
on where it was, and after a change of the words or the model the same command makes what changed. A kill between the
model's answer and the file costs that one picture again. With --local and without a key the test model paints, which
knows no styles; people are told so.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from google.auth.exceptions import GoogleAuthError

from infra.local.options import Options
from infra.local.parts import list_settings
from infra.local.ports import read_ports
from infra.operations.login_token import STORAGE_SCOPE, LoginToken, tell_no_login
from shared.adapters.firestore import FirestoreStore
from shared.adapters.storage import CloudStorage
from shared.errors import CallRefusedError, ConflictError, FileTooManyPixelsError, FileUnreadableError, UnavailableError
from shared.pictures.style_examples import (
    MODEL,
    SIZE,
    Example,
    example_name,
    example_task,
    find_examples,
    keep_example,
    small_name,
)
from shared.pictures.styles import Style, list_styles
from shared.ports import BlobStore, Pictures, Provider, Store
from shared.providers.outcomes import Made
from shared.settings import ModelSettings, load, read_database
from shared.wiring import make_picture_studio

JPEG = "image/jpeg"
MICROS = 1_000_000
TRIES_MAX = 5
MODEL_ID = "model"
"""The file's metadata that names the model."""


@dataclass(frozen=True, slots=True)
class Studio:
    """What examples are made with, and where they go."""

    store: Store
    blobs: BlobStore
    provider: Provider
    pictures: Pictures
    is_test: bool
    """The provider stands in for Google's model."""


async def list_missing(store: Store, *, is_test: bool) -> list[Style]:
    """The styles without a current example; a test model's is none where the real one is asked.

    Raises UnavailableError.
    """
    known = await find_examples(store)
    return [style for style in list_styles() if style.id not in known or known[style.id].is_test > is_test]


async def make_example(studio: Studio, style: Style) -> str:
    """Have one made and stored; returns why there is none, or "". Raises UnavailableError."""
    name = example_name(style, is_test=studio.is_test)
    found = await studio.blobs.look(name)  # of a command that was stopped before its last step
    if found is not None:
        await _keep(studio.store, style, Example(name, found.facts.get(MODEL_ID, MODEL.id), studio.is_test))
        return ""
    outcome = await studio.provider.generate(MODEL, example_task(style))
    if not isinstance(outcome, Made):
        return f"{style.id}: {outcome}"
    try:
        preview, _, _ = await studio.pictures.preview(outcome.content)
        small = await studio.pictures.thumbnail(outcome.content)
    except (FileUnreadableError, FileTooManyPixelsError) as error:
        return f"{style.id}: {type(error).__name__}"
    await studio.blobs.put(small_name(name), small, JPEG)
    await studio.blobs.put(name, preview, JPEG, {MODEL_ID: outcome.model_id})
    await _keep(studio.store, style, Example(name, outcome.model_id, studio.is_test))
    return ""


async def _keep(store: Store, style: Style, example: Example) -> None:
    for _ in range(TRIES_MAX):
        with suppress(ConflictError):  # a person who looks at examples has one noted
            await keep_example(store, style.id, example)
            return
    raise UnavailableError(f"{style.id}: lost {TRIES_MAX} rounds")


def tell_cost(missing: Sequence[Style]) -> str:
    """What is missing, and what it costs at most."""
    if not missing:
        return "Every style has its example."
    cost = len(missing) * MODEL.cost_of(SIZE) / MICROS
    names = " ".join(style.id for style in missing)
    return f"{len(missing)} missing, by {MODEL.id}, ${cost:.2f} at most: {names}"


async def carry_out(studio: Studio, *, is_agreed: bool) -> list[str]:
    """What was done, in lines; not agreed: only what it would cost. Raises UnavailableError, CallRefusedError."""
    missing = await list_missing(studio.store, is_test=studio.is_test)
    lines = [tell_cost(missing)]
    if missing and not is_agreed:
        lines.append("Nothing was made. Say it with --yes.")
    for style in missing if is_agreed else ():
        lines.append(await make_example(studio, style) or f"{style.id}: made")
        print(lines[-1], file=sys.stderr)
    return lines


async def run(settings: ModelSettings, bucket: str, database: str, *, is_agreed: bool) -> list[str]:
    """`carry_out` with this environment's store, bucket and model. Raises GoogleAuthError too."""
    store = FirestoreStore(settings.project, database, LoginToken())
    blobs = CloudStorage(bucket, LoginToken(STORAGE_SCOPE))
    made_with = make_picture_studio(settings, None, dearer_too=False)
    provider = made_with.providers[MODEL.provider]
    studio = Studio(store, blobs, provider, made_with.pictures, is_test=bool(settings.base_url))
    try:
        return await carry_out(studio, is_agreed=is_agreed)
    finally:
        await blobs.close()
        await store.close()


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Have examples of styles made.")
    parser.add_argument("--yes", action="store_true", help="make them; without it only the cost is told")
    parser.add_argument("--local", action="store_true", help="in the system that `make run` started")
    arguments = parser.parse_args(words)
    if arguments.local:
        options = Options(ports=read_ports(), gemini_key=os.environ.get("GEMINI_API_KEY") or None)
        os.environ |= list_settings(options, "image")
    settings, bucket = load(ModelSettings.read), os.environ.get("MEDIA_BUCKET", "")
    if not bucket:
        sys.exit("style-examples: MEDIA_BUCKET: not set")
    try:
        lines = asyncio.run(run(settings, bucket, load(read_database), is_agreed=arguments.yes))
    except GoogleAuthError as error:
        sys.exit(f"style-examples: {tell_no_login(error)}")
    except (UnavailableError, CallRefusedError) as error:
        sys.exit(f"style-examples: say it again, it goes on where it was: {' '.join(str(error).split())}")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
