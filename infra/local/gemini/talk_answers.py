"""The bodies of answers in words: whole, or in chunks with a usage that grows, as the REST API writes them."""

import base64
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from infra.local.gemini.answers import begin_body
from infra.local.gemini.contents import Api, FileIn
from infra.local.gemini.grounding import TOOL_TOKENS, ground
from infra.local.gemini.listening import estimate_seconds
from infra.local.gemini.signature import sign
from infra.local.gemini.talk_request import TalkRequest

# About four characters of English or three of Russian, as the real tokeniser has it.
_TOKEN: Final = re.compile(r"\s*[A-Za-z0-9]{1,4}|\s*\w{1,3}|\s*[^\w\s]|\s+")
_TOKENS_PER_FILE: Final = 258
_TOKENS_PER_SOUND_SECOND: Final = 32
_CHUNK_TOKENS: Final = 8
_THOUGHT: Final = "**Considering the question**\n\nI look at what was asked and at what was said before.\n"
# With these finish reasons the last part of the candidate's text is withheld.
WITHHELD: Final = frozenset(
    {"SAFETY", "PROHIBITED_CONTENT", "RECITATION", "BLOCKLIST", "SPII", "MODEL_ARMOR", "LANGUAGE"}
)


@dataclass(frozen=True)
class Script:
    """An answer to be sent: its tokens, the finish reason, and the model's name."""

    tokens: tuple[str, ...]
    finish_reason: str
    model_version: str
    endless: bool = False
    """Repeats forever, without a finish reason."""

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.tokens)


@dataclass(frozen=True)
class Chunk:
    """One body of a stream, and its number of tokens."""

    tokens: int
    body: dict[str, Any]


def split_tokens(text: str) -> list[str]:
    """The text in tokens; joined they are the text."""
    return _TOKEN.findall(text)


def count_prompt(request: TalkRequest) -> int:
    """The token count of the request; each file other than a recording counts as one picture."""
    texts = [request.instruction, *(turn.text for turn in request.turns)]
    return sum(len(split_tokens(text)) for text in texts) + sum(map(_count_file, request.files))


def _count_file(file: FileIn) -> int:
    """A recording counts by its length, as the real model has it."""
    if not file.mime_type.startswith(("audio/", "video/")):
        return _TOKENS_PER_FILE
    per_second = _TOKENS_PER_SOUND_SECOND + (_TOKENS_PER_FILE if file.mime_type.startswith("video/") else 0)
    return math.ceil(estimate_seconds(file.data) * per_second)


def make_script(
    request: TalkRequest, text: str, finish_reason: str = "STOP", *, model_version: str = "", endless: bool = False
) -> Script:
    """The text up to a stop sequence or the token limit, which thoughts use up too."""
    for sequence in request.stop_sequences:
        text = text.partition(sequence)[0]
    tokens = tuple(split_tokens(text))
    room = max(0, request.output_tokens_max - request.thought_tokens)
    if len(tokens) > room and not endless:
        tokens, finish_reason = tokens[:room], "MAX_TOKENS"
    return Script(tokens, finish_reason, model_version or request.model.name, endless)


class Writer:
    """Writes the bodies of one answer."""

    def __init__(self, request: TalkRequest, api: Api, script: Script) -> None:
        self._request = request
        self._script = script
        self._head = begin_body(api, request.model, script.model_version)
        self._is_enterprise = api == "enterprise"
        self._prompt_tokens = count_prompt(request)
        self._signature = base64.b64encode(sign(script.text.encode())).decode()

    def write_whole(self) -> dict[str, Any]:
        """The one body of generateContent."""
        script = self._script
        said = [{"text": script.text, "thoughtSignature": self._signature}] if script.text else []
        return self._grounded(self._body([*self._thoughts(), *said], len(script.tokens), script.finish_reason))

    def write_chunks(self) -> Iterator[Chunk]:
        """The bodies of streamGenerateContent; the last one has no text, only the signature and the finish reason."""
        if thoughts := self._thoughts():
            yield Chunk(0, self._body(thoughts, 0))
        total = 0
        for tokens in self._group_tokens():
            total += len(tokens)
            yield Chunk(len(tokens), self._body([{"text": "".join(tokens)}], total))
        reason = self._script.finish_reason
        end = [] if reason in WITHHELD else [{"text": "", "thoughtSignature": self._signature}]
        yield Chunk(0, self._grounded(self._body(end, total, reason)))

    def _group_tokens(self) -> Iterator[tuple[str, ...]]:
        tokens = self._script.tokens
        groups = [tokens[start : start + _CHUNK_TOKENS] for start in range(0, len(tokens), _CHUNK_TOKENS)]
        return itertools.cycle(groups) if self._script.endless else iter(groups)

    def _thoughts(self) -> list[dict[str, Any]]:
        shown = self._request.shows_thoughts and self._request.thought_tokens
        return [{"text": _THOUGHT, "thought": True}] if shown else []

    def _grounded(self, body: dict[str, Any]) -> dict[str, Any]:
        """The last body, with the grounding sources."""
        if self._request.searches and self._script.finish_reason not in WITHHELD:
            body["candidates"][0]["groundingMetadata"] = ground(self._request, self._script.text)
        return body

    def _body(self, parts: Sequence[dict[str, Any]], tokens: int, finish_reason: str = "") -> dict[str, Any]:
        content = {"content": {"role": "model", "parts": list(parts)}} if parts else {}
        candidate = content | {"index": 0} | ({"finishReason": finish_reason} if finish_reason else {})
        usage = self._usage(tokens) | ({"trafficType": "ON_DEMAND"} if self._is_enterprise and finish_reason else {})
        return {"candidates": [candidate], "usageMetadata": usage, **self._head}

    def _usage(self, tokens: int) -> dict[str, Any]:
        thoughts = self._request.thought_tokens
        usage: dict[str, Any] = {
            "promptTokenCount": self._prompt_tokens,
            "totalTokenCount": self._prompt_tokens + tokens + thoughts,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": self._prompt_tokens}],
        }
        if tokens:
            usage["candidatesTokenCount"] = tokens
        if thoughts:
            usage["thoughtsTokenCount"] = thoughts
        if self._request.searches:
            usage["toolUsePromptTokenCount"] = TOOL_TOKENS
            usage["totalTokenCount"] += TOOL_TOKENS
        return usage
