"""The client of google-genai, with the rules of every call: one request, no retries, no storing, our safety settings.

With a key it uses the developer API, otherwise the enterprise API and the service account's credentials.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
from google import genai
from google.genai import types

from shared.adapters.gemini_access import HARM_CATEGORIES, HARM_THRESHOLD, Access
from shared.providers.files import Document
from shared.providers.images import Image
from shared.providers.talk import Sound

CONNECTIONS_MAX = 200
"""More than the concurrent calls of an instance."""
KEPT_IDLE_SECONDS = 60
OnAnswer = Callable[[httpx2.Response], Awaitable[None]]
SAFETY_SETTINGS = [
    types.SafetySetting(category=types.HarmCategory(each), threshold=types.HarmBlockThreshold(HARM_THRESHOLD))
    for each in HARM_CATEGORIES
]


class GeminiClient:
    """A client that the first call opens. One per process and event loop."""

    def __init__(self, access: Access, seconds_max: float, on_answer: OnAnswer) -> None:
        """`on_answer` is called when the headers of a response have arrived, before the library reads its body."""
        self._access = access
        self._seconds_max = seconds_max
        self._on_answer = on_answer
        self._opened: genai.Client | None = None
        for name in ("httpx2", "httpcore2", "google_genai"):  # they log every call with its address
            logging.getLogger(name).setLevel(logging.WARNING)

    def open(self) -> genai.Client:
        """The client of this process, created without an await, so only once."""
        if self._opened is None:
            self._opened = _make_client(self._access, self._seconds_max, self._on_answer)
        return self._opened

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.aio.aclose()
            self._opened.close()
            self._opened = None

    def build_config(self, **own: Any) -> types.GenerateContentConfig:
        """The config of a call: the common rules and the call's own settings. All calls use this function."""
        return types.GenerateContentConfig(
            safety_settings=SAFETY_SETTINGS,
            # New projects of the developer API store requests by default; the enterprise client refuses the field.
            store=False if self._access.api_key else None,
            # Both would call the model again on their own.
            automatic_continuation=False,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            **own,
        )

    def build_interaction(self, **own: Any) -> dict[str, Any]:
        """The arguments of an interaction: by default both APIs store it and may continue on their own."""
        return {"store": False, "automatic_continuation": False, **own}


def _make_client(access: Access, seconds_max: float, on_answer: OnAnswer) -> genai.Client:
    trusted = httpx2.create_ssl_context()
    options = types.HttpOptions(
        base_url=access.base_url or None,
        timeout=round(seconds_max * 1000),
        retry_options=types.HttpRetryOptions(attempts=1),
        async_client_args={
            "verify": trusted,
            "ssl": trusted,  # for web sockets, which are unused; without it creating another context takes 40 ms
            "limits": httpx2.Limits(max_connections=CONNECTIONS_MAX, keepalive_expiry=KEPT_IDLE_SECONDS),
            "event_hooks": {"response": [on_answer]},
        },
    )
    if access.api_key:
        return genai.Client(enterprise=False, api_key=access.api_key, http_options=options)
    return genai.Client(
        enterprise=True,
        project=access.project,
        location=access.location,
        credentials=access.credentials,
        http_options=options,
    )


def read_model(interaction: Any) -> str:
    """The model that works on it; empty if the answer does not say. Interactions have no stage of a model's life."""
    return str(interaction.model or "").removeprefix("models/")


def picture_part(image: Image, signature: bytes | None = None) -> types.Part:
    """A picture as a part of a request."""
    data = types.Blob(data=image.content, mime_type=image.mime_type)
    return types.Part(inline_data=data, thought_signature=signature)


def document_part(document: Document) -> types.Part:
    """A PDF as a part of a request. The API allows 100 MB of inline data; Telegram's files have at most 20."""
    return types.Part(inline_data=types.Blob(data=document.content, mime_type=document.mime_type))


def sound_part(sound: Sound) -> types.Part:
    """A recording as a part of a request. The API allows 100 MB of inline data; Telegram's files have at most 20."""
    return types.Part(inline_data=types.Blob(data=sound.content, mime_type=sound.mime_type))
