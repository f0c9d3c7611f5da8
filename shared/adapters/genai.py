"""Gemini through google-genai: one call without retries, its answer or its error as a `ModelOutcome`.

With a key it is the developer API, without one the enterprise API and the service account's own credentials.
"""

import logging
from dataclasses import dataclass
from json import JSONDecodeError

import httpx2
from google import genai
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.genai import errors, types
from pydantic import ValidationError

from shared.adapters.genai_answers import read_answer, read_error
from shared.jobs.time_limits import MODEL_SECONDS_MAX
from shared.providers.admission import admit_answer
from shared.providers.ladder import Rung
from shared.providers.outcomes import Broken, Busy, Gone, Image, ModelOutcome, PictureTask, TimedOut
from shared.usage import current_usage

CONNECTIONS_MAX = 200
"""More than the calls an instance is ever given at once."""
KEPT_IDLE_SECONDS = 60
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_CATEGORIES = (
    types.HarmCategory.HARM_CATEGORY_HARASSMENT,
    types.HarmCategory.HARM_CATEGORY_HATE_SPEECH,
    types.HarmCategory.HARM_CATEGORY_SEXUALLY_EXPLICIT,
    types.HarmCategory.HARM_CATEGORY_DANGEROUS_CONTENT,
)
SAFETY_SETTINGS = [
    # Set here because newer models have these filters off by default. BLOCK_ONLY_HIGH: a stricter threshold
    # refuses ordinary art (a battle, a nude by an old master), and what must never be is blocked regardless.
    types.SafetySetting(category=category, threshold=types.HarmBlockThreshold.BLOCK_ONLY_HIGH)
    for category in _CATEGORIES
]


@dataclass(frozen=True, slots=True)
class Access:
    """Which API: a key, or a project and the location that serves it. `base_url` replaces Google's address."""

    api_key: str = ""
    project: str = ""
    location: str = "global"
    base_url: str = ""
    credentials: Credentials | None = None
    """For the enterprise API; None: what the environment offers."""


class GeminiModel:
    """A `Provider`. One per process and event loop."""

    def __init__(self, access: Access, seconds_max: float = MODEL_SECONDS_MAX) -> None:
        self._access = access
        self._seconds_max = seconds_max
        self._client: genai.Client | None = None
        for name in ("httpx2", "httpcore2", "google_genai"):  # a line for every call, with its address
            logging.getLogger(name).setLevel(logging.WARNING)

    async def generate(self, rung: Rung, task: PictureTask) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        try:
            response = await self._open().aio.models.generate_content(
                model=rung.id, contents=_build_contents(task), config=self._build_config(task)
            )
            return read_answer(response)
        except errors.APIError as error:
            return read_error(error, has_files=bool(task.references))
        except Exception as error:  # noqa: BLE001 — the port promises an outcome, whatever a library raises
            return _read_exception(error)

    async def close(self) -> None:
        """Drop the connections."""
        if self._client is not None:
            await self._client.aio.aclose()
            self._client.close()
            self._client = None

    def _open(self) -> genai.Client:
        """The client of this process. It is built without an await in between, so never twice."""
        if self._client is None:
            self._client = _make_client(self._access, self._seconds_max)
        return self._client

    def _build_config(self, task: PictureTask) -> types.GenerateContentConfig:
        """The config of every call; nothing else in the product builds one."""
        return types.GenerateContentConfig(
            response_modalities=["TEXT", "IMAGE"],
            image_config=types.ImageConfig(aspect_ratio=task.ratio, image_size=task.size),
            safety_settings=SAFETY_SETTINGS,
            # New projects of the developer API keep requests unless told not to; the enterprise client refuses the
            # field.
            store=False if self._access.api_key else None,
            # Both would call the model again on their own.
            automatic_continuation=False,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        )


async def _admit(answer: httpx2.Response) -> None:
    """A 4K answer is 24 MB of base64, and needs 80 MB for a moment while it is decoded."""
    if answer.is_success:
        await admit_answer()


def _make_client(access: Access, seconds_max: float) -> genai.Client:
    trusted = httpx2.create_ssl_context()
    options = types.HttpOptions(
        base_url=access.base_url or None,
        timeout=round(seconds_max * 1000),
        retry_options=types.HttpRetryOptions(attempts=1),
        async_client_args={
            "verify": trusted,
            "ssl": trusted,  # for web sockets, which nobody opens; unless given, 40 ms go into another one
            "limits": httpx2.Limits(max_connections=CONNECTIONS_MAX, keepalive_expiry=KEPT_IDLE_SECONDS),
            "event_hooks": {"response": [_admit]},
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


def _build_contents(task: PictureTask) -> list[types.Content]:
    """One question; before it, for a new version, what was asked and answered then."""
    parts = [types.Part(text=task.prompt), *map(_part, task.references)]
    parent = task.parent
    if parent is None:
        return [types.Content(role="user", parts=parts)]
    if not parent.signature:
        # A model turn without its signature is refused; as material the picture needs none.
        parts.insert(1, _part(parent.picture))
        return [types.Content(role="user", parts=parts)]
    return [
        types.Content(role="user", parts=[types.Part(text=parent.prompt)]),
        types.Content(role="model", parts=[_part(parent.picture, parent.signature)]),
        types.Content(role="user", parts=parts),
    ]


def _part(image: Image, signature: bytes | None = None) -> types.Part:
    data = types.Blob(data=image.content, mime_type=image.mime_type)
    return types.Part(inline_data=data, thought_signature=signature)


def _read_exception(error: Exception) -> ModelOutcome:
    """What a call that ended without an answer of the API means; of the error only its name is kept."""
    name = type(error).__name__
    match error:
        case _ if isinstance(error, _NEVER_SENT):
            return Busy(name, is_fault=True)
        case httpx2.TimeoutException():
            return TimedOut()
        case httpx2.HTTPError() | TransportError():
            return Busy(name, is_fault=True)
        case JSONDecodeError() | UnicodeDecodeError() | ValidationError():  # half an answer, or none of Gemini's
            return Busy(name, is_fault=True)
        case GoogleAuthError():
            return Broken("CREDENTIALS")
        case _:
            return Broken(name)
