"""Asking the local Gemini for words through google-genai."""

from collections.abc import Sequence
from typing import Any

from google.genai import types
from google.genai.client import AsyncClient

FLASH = "gemini-3.8-flash"
LITE = "gemini-3.1-flash-lite"


def turns(*texts: str) -> list[types.ContentUnion]:
    """A conversation that a person begins and ends."""
    return [
        types.Content(role="model" if number % 2 else "user", parts=[types.Part(text=text)])
        for number, text in enumerate(texts)
    ]


async def ask(
    client: AsyncClient, *texts: str, model: str = FLASH, files: Sequence[types.Part] = (), **config: Any
) -> types.GenerateContentResponse:
    """The answer to the last of these turns, whole."""
    contents: Any = [*turns(*texts), *files] if files else turns(*texts)
    return await client.models.generate_content(
        model=model, contents=contents, config=types.GenerateContentConfig(**config)
    )


async def listen(
    client: AsyncClient, *texts: str, model: str = FLASH, **config: Any
) -> list[types.GenerateContentResponse]:
    """The chunks of the answer to the last of these turns."""
    stream = await client.models.generate_content_stream(
        model=model, contents=turns(*texts), config=types.GenerateContentConfig(**config)
    )
    return [chunk async for chunk in stream]


def join(chunks: list[types.GenerateContentResponse]) -> str:
    """The words of a stream."""
    return "".join(chunk.text or "" for chunk in chunks)


def find_reason(response: types.GenerateContentResponse) -> str:
    """Why it stopped; empty where it did not."""
    reason = response.candidates[0].finish_reason if response.candidates else None
    return reason.value if reason else ""
