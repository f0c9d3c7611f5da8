"""A running local Gemini and real google-genai clients that talk to it."""

import io
from collections.abc import AsyncIterator, Callable
from typing import Any

import google.auth.credentials
import pytest
from google import genai
from google.genai import types
from PIL import Image

from infra.local.gemini import Gemini, run_gemini

NANO_BANANA = "gemini-nano-banana-2.1"
Ask = Callable[..., Any]


class FakeCredentials(google.auth.credentials.Credentials):
    """Never expires, never asks anybody."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library is partly typed
        self.token = "fake-token"

    def refresh(self, request: Any) -> None:
        self.token = "fake-token"


def make_options(gemini: Gemini, timeout_seconds: float = 20) -> types.HttpOptions:
    return types.HttpOptions(
        base_url=gemini.base_url,
        timeout=int(timeout_seconds * 1000),
        retry_options=types.HttpRetryOptions(attempts=1),
    )


@pytest.fixture
async def gemini() -> AsyncIterator[Gemini]:
    async with run_gemini() as running:
        yield running


@pytest.fixture
async def developer(gemini: Gemini) -> AsyncIterator[genai.client.AsyncClient]:
    client = genai.Client(api_key="test-not-a-real-key", http_options=make_options(gemini)).aio
    yield client
    await client.aclose()


@pytest.fixture
async def enterprise(gemini: Gemini) -> AsyncIterator[genai.client.AsyncClient]:
    client = genai.Client(
        enterprise=True,
        project="test-project",
        location="global",
        credentials=FakeCredentials(),
        http_options=make_options(gemini),
    ).aio
    yield client
    await client.aclose()


@pytest.fixture
def image_config() -> Callable[..., types.GenerateContentConfig]:
    """A config as the bot sends it: `image_config("16:9", "2K", store=False)`."""

    def make(ratio: str | None = None, size: str | None = None, **more: Any) -> types.GenerateContentConfig:
        chosen = types.ImageConfig(aspect_ratio=ratio, image_size=size)
        return types.GenerateContentConfig(response_modalities=["TEXT", "IMAGE"], image_config=chosen, **more)

    return make


@pytest.fixture
def picture_part() -> Callable[..., types.Part]:
    """An inline picture: `picture_part("red", (300, 200), "JPEG")`."""

    def make(colour: str = "red", size: tuple[int, int] = (300, 200), form: str = "PNG") -> types.Part:
        file = io.BytesIO()
        Image.new("RGB", size, colour).save(file, form)
        return types.Part.from_bytes(data=file.getvalue(), mime_type=f"image/{form.lower()}")

    return make
