"""Answers in words by Gemini: one streaming call.

    chunks ──▶ `hear` (at once) ──▶ the end as a `ModelOutcome`
                                     STOP                                 Told
                                     the token limit                      Told, not whole
                                     a filter, an error, a broken line    Told, not whole, if there is a sentence;
                                                                          otherwise the outcome as for a picture

After a filter the text before it is kept: Gemini allowed it, and the person has read it already.

google-genai does not close its connection when its stream is left early; the model would continue to its end, and we
would pay for it. Only a cancellation during the wait for a chunk closes the connection, so nothing else is awaited in
the loop; in all other cases the connection is closed here.
"""

from collections.abc import Callable
from contextvars import ContextVar

import httpx2
from google.genai import types

from shared.adapters.gemini_access import Access
from shared.adapters.gemini_answers import read_finish
from shared.adapters.gemini_errors import shorten
from shared.adapters.genai_answers import candidate_of, note_stage, parts_of, read_block, words_of
from shared.adapters.genai_client import GeminiClient, document_part, picture_part, sound_part
from shared.adapters.genai_errors import read_failure
from shared.adapters.genai_grounding import Found
from shared.jobs.time_limits import ANSWER_SECONDS_MAX
from shared.providers.ladder import TextRung
from shared.providers.outcomes import Busy, Gone, ModelOutcome, Refused
from shared.providers.talk import Line, Speaker, Talk, Thinking, Tokens, Told, holds_a_sentence, is_visible, join_words
from shared.usage import current_usage

_LEVELS: dict[Thinking, types.ThinkingLevel] = {
    "low": types.ThinkingLevel.LOW,
    "medium": types.ThinkingLevel.MEDIUM,
    "high": types.ThinkingLevel.HIGH,
}
_ROLES: dict[Speaker, str] = {"person": "user", "model": "model"}
_answers: ContextVar[list[httpx2.Response]] = ContextVar("answers")
"""The responses of the current call."""


class GeminiText:
    """A `TextProvider`. One per process and event loop."""

    def __init__(self, access: Access, seconds_max: float = ANSWER_SECONDS_MAX) -> None:
        """`seconds_max`: the server's limit for the whole answer; here also the longest silence between two chunks."""
        self._client = GeminiClient(access, seconds_max, _note_answer)

    async def stream(self, rung: TextRung, talk: Talk, hear: Callable[[str], None]) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        answers, said = list[httpx2.Response](), _Said(rung.id)
        token = _answers.set(answers)
        try:
            stream = await self._client.open().aio.models.generate_content_stream(
                model=rung.id, contents=_build_contents(talk), config=self._build_config(talk)
            )
            async for chunk in stream:
                if words := said.take(chunk):
                    hear(words)
        except Exception as error:  # noqa: BLE001 — the port promises an outcome for every error
            has_files = any(line.pictures or line.documents or line.sounds for line in talk.lines)
            return said.cut(read_failure(error, has_files=has_files))
        finally:
            _answers.reset(token)
            for answer in answers:
                await answer.aclose()
        return said.end()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _build_config(self, talk: Talk) -> types.GenerateContentConfig:
        thinking = types.ThinkingConfig(thinking_level=_LEVELS[talk.thinking]) if talk.thinking else None
        schema = None if talk.schema is None else dict(talk.schema)
        return self._client.build_config(
            system_instruction=talk.instruction or None,
            max_output_tokens=talk.output_tokens_max,
            thinking_config=thinking,
            response_mime_type=None if schema is None else "application/json",
            response_json_schema=schema,
            tools=[types.Tool(google_search=types.GoogleSearch())] if talk.search else None,
        )


async def _note_answer(answer: httpx2.Response) -> None:
    _answers.get().append(answer)


class _Said:
    """The content of a stream so far."""

    def __init__(self, model_id: str) -> None:
        self._words: list[str] = []
        self._usage: types.GenerateContentResponseUsageMetadata | None = None
        self._finish = ""
        self._blocked: Refused | None = None
        self._wanted_id = self._model_id = model_id
        self._found = Found()

    def take(self, chunk: types.GenerateContentResponse) -> str:
        """Add a chunk; returns its words."""
        self._blocked = read_block(chunk) or self._blocked
        self._usage = chunk.usage_metadata or self._usage
        self._model_id = chunk.model_version or self._model_id
        candidate = candidate_of(chunk)
        self._found.take(candidate)
        if candidate.finish_reason:
            self._finish = shorten(candidate.finish_reason)
            note_stage(self._wanted_id, chunk)
        words = "".join(words_of(parts_of(candidate)))
        self._words.append(words)
        return words

    def end(self) -> ModelOutcome | Gone:
        """The outcome at the regular end of the stream."""
        text = self._text()
        if self._blocked:
            return self._blocked
        if self._finish in {"STOP", "MAX_TOKENS"} and is_visible(text):
            return self._tell(text, is_whole=self._finish == "STOP")
        if not self._finish:
            return self.cut(Busy("NO_FINISH_REASON", is_fault=True))
        return self.cut(read_finish(self._finish, text))

    def cut(self, outcome: ModelOutcome | Gone) -> ModelOutcome | Gone:
        """The outcome after an irregular end: the text so far if it is worth keeping, otherwise `outcome`."""
        text = self._text()
        if not holds_a_sentence(text):
            return outcome
        reason = outcome.reason if isinstance(outcome, Refused) else ""
        return self._tell(text, is_whole=False, filter_reason=reason)

    def _tell(self, text: str, *, is_whole: bool, filter_reason: str = "") -> Told:
        found = self._found
        return Told(text, self._count(), is_whole, self._model_id, filter_reason, found.searches, found.sources)

    def _text(self) -> str:
        return join_words(self._words)

    def _count(self) -> Tokens | None:
        """The tokens; before the end of the stream only the input count is reliable."""
        usage = self._usage
        if usage is None or not self._finish:
            return None
        return Tokens(
            given=(usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0),
            made=(usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0),
        )


def _build_contents(talk: Talk) -> list[types.Content]:
    return [types.Content(role=_ROLES[line.speaker], parts=_build_parts(line)) for line in talk.lines]


def _build_parts(line: Line) -> list[types.Part]:
    """The parts of a line: pictures, documents and recordings before the words about them."""
    words = [types.Part(text=line.text)] if line.text else []
    files = [*map(picture_part, line.pictures), *map(document_part, line.documents), *map(sound_part, line.sounds)]
    return [*files, *words]
