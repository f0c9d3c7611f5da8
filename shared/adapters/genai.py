"""Pictures by Gemini: one call, whose response or error becomes a `ModelOutcome`."""

import httpx2
from google.genai import types

from shared.adapters.genai_answers import note_stage, read_answer
from shared.adapters.genai_client import Access, GeminiClient, picture_part
from shared.adapters.genai_errors import read_failure
from shared.jobs.time_limits import MODEL_SECONDS_MAX
from shared.providers.admission import admit_answer
from shared.providers.ladder import PictureRung
from shared.providers.outcomes import Gone, ModelOutcome, PictureTask
from shared.usage import current_usage

_WITHOUT = "The picture must not show any of the following"


class GeminiModel:
    """A `Provider`. One per process and event loop."""

    def __init__(self, access: Access, seconds_max: float = MODEL_SECONDS_MAX) -> None:
        self._client = GeminiClient(access, seconds_max, _admit)

    async def generate(self, rung: PictureRung, task: PictureTask) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        try:
            response = await self._client.open().aio.models.generate_content(
                model=rung.id, contents=_build_contents(task), config=self._build_config(task)
            )
            note_stage(rung.id, response)
            return read_answer(response)
        except Exception as error:  # noqa: BLE001 — the port promises an outcome for every error
            return read_failure(error, has_files=bool(task.references))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _build_config(self, task: PictureTask) -> types.GenerateContentConfig:
        return self._client.build_config(
            response_modalities=["TEXT", "IMAGE"],
            image_config=types.ImageConfig(aspect_ratio=task.ratio, image_size=task.size),
            seed=task.seed,
        )


async def _admit(answer: httpx2.Response) -> None:
    """Wait for memory: a 4K response is 24 MB of base64 and needs 80 MB while it is decoded."""
    if answer.is_success:
        await admit_answer()


def _words_of(task: PictureTask) -> str:
    """The prompt, and what shall not be shown: the API has no field for it."""
    return f"{task.prompt}\n\n{_WITHOUT}: {task.without}." if task.without else task.prompt


def _build_contents(task: PictureTask) -> list[types.Content]:
    """The prompt; for a new version preceded by the earlier prompt and picture."""
    parts = [types.Part(text=_words_of(task)), *map(picture_part, task.references)]
    parent = task.parent
    if parent is None:
        return [types.Content(role="user", parts=parts)]
    if not parent.signature:
        # Gemini refuses a model turn without its signature; a picture as material needs none.
        parts.insert(1, picture_part(parent.picture))
        return [types.Content(role="user", parts=parts)]
    return [
        types.Content(role="user", parts=[types.Part(text=parent.prompt)]),
        types.Content(role="model", parts=[picture_part(parent.picture, parent.signature)]),
        types.Content(role="user", parts=parts),
    ]
