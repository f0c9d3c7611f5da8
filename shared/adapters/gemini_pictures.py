"""Pictures by Gemini: one call, whose response or error becomes a `ModelOutcome`."""

import asyncio
import json
from base64 import b64encode
from typing import Any

from shared.adapters.gemini_access import HARM_CATEGORIES, HARM_THRESHOLD, Access
from shared.adapters.gemini_errors import is_about_a_file, name_status, read_status
from shared.adapters.gemini_rest import GeminiRest
from shared.adapters.google_rest import Token
from shared.adapters.http_connections import Answer
from shared.errors import UnavailableError
from shared.jobs.time_limits import MODEL_SECONDS_MAX
from shared.providers.admission import admit_answer
from shared.providers.images import Image
from shared.providers.ladder import PictureRung
from shared.providers.outcomes import Broken, Busy, FileRefused, Gone, ModelOutcome, PictureTask, TimedOut
from shared.usage import current_usage

OK = 200
_SAFETY = [{"category": each, "threshold": HARM_THRESHOLD} for each in HARM_CATEGORIES]
_WITHOUT = "The picture must not show any of the following"


class GeminiModel:
    """A `Provider`. One per process and event loop."""

    def __init__(self, access: Access, seconds_max: float = MODEL_SECONDS_MAX, token: Token | None = None) -> None:
        """`token` replaces the service account's, which the enterprise API needs."""
        self._rest = GeminiRest(access, seconds_max, admit_answer, token)
        self._is_developer = bool(access.api_key)
        self._seconds_max = seconds_max

    async def generate(self, rung: PictureRung, task: PictureTask) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        try:
            async with asyncio.timeout(self._seconds_max):
                answer = await self._rest.generate(rung.id, write_request(task, stores=self._is_developer))
            return _read(rung.id, answer, has_files=bool(task.references))
        except TimeoutError:
            return TimedOut()
        except (OSError, UnavailableError) as error:
            return Busy(type(error).__name__, is_fault=True)
        except Exception as error:  # noqa: BLE001 — the port promises an outcome for every error
            return Broken(type(error).__name__)

    async def close(self) -> None:
        """Close the connections."""
        await self._rest.close()


def write_request(task: PictureTask, *, stores: bool) -> bytes:
    """The JSON of a call. `stores`: this API stores requests unless it is told not to; the other refuses the field."""
    image = {"aspectRatio": task.ratio, "imageSize": task.size}
    settings: dict[str, Any] = {"responseModalities": ["TEXT", "IMAGE"], "imageConfig": image}
    if task.seed is not None:
        settings["seed"] = task.seed
    request = {"contents": _write_contents(task), "safetySettings": _SAFETY, "generationConfig": settings}
    return json.dumps(request | ({"store": False} if stores else {})).encode()


def _read(model_id: str, answer: Answer, *, has_files: bool) -> ModelOutcome | Gone:
    """The outcome of a response, whatever it contains."""
    from shared.adapters.gemini_answers import read_answer, read_json, read_stage  # loaded while the model works

    try:
        body = read_json(answer.body)
        if answer.status == OK:
            read_stage(model_id, body)
            return read_answer(body)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if answer.status == OK:
            return Busy(type(error).__name__, is_fault=True)  # incomplete, or not Gemini's
        body = None
    word, message = name_status(answer.status, body)
    return FileRefused(word) if has_files and is_about_a_file(word, message) else read_status(answer.status, word, body)


def _write_contents(task: PictureTask) -> list[dict[str, Any]]:
    """The prompt; for a new version preceded by the earlier prompt and picture."""
    parts = [{"text": _words_of(task)}, *map(_write_picture, task.references)]
    parent = task.parent
    if parent is None:
        return [{"role": "user", "parts": parts}]
    if not parent.signature:
        # Gemini refuses a model turn without its signature; a picture as material needs none.
        parts.insert(1, _write_picture(parent.picture))
        return [{"role": "user", "parts": parts}]
    signed = _write_picture(parent.picture) | {"thoughtSignature": b64encode(parent.signature).decode()}
    return [
        {"role": "user", "parts": [{"text": parent.prompt}]},
        {"role": "model", "parts": [signed]},
        {"role": "user", "parts": parts},
    ]


def _words_of(task: PictureTask) -> str:
    """The prompt, and what shall not be shown: the API has no field for it."""
    return f"{task.prompt}\n\n{_WITHOUT}: {task.without}." if task.without else task.prompt


def _write_picture(image: Image) -> dict[str, Any]:
    return {"inlineData": {"mimeType": image.mime_type, "data": b64encode(image.content).decode()}}
