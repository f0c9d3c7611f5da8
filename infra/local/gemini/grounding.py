"""The grounding metadata (queries and pages) of an answer with Google Search, as in the REST API."""

import base64
import hashlib
from html import escape
from typing import Any, Final

from infra.local.gemini.question import find_question, find_topic
from infra.local.gemini.talk_request import TalkRequest

TOOL_TOKENS: Final = 150
"""The token count of the pages, beside the prompt's."""
_REDIRECT: Final = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/"
_DOMAINS: Final = ("wikipedia.org", "britannica.com", "example.org")
"""The developer API gives the domain as the title."""


def ground(request: TalkRequest, text: str) -> dict[str, Any]:
    """The metadata of an answer with three sources; segments count UTF-8 bytes."""
    topic = find_topic(find_question(request.prompt))
    first = text.partition(". ")[0]
    segment = {"endIndex": len(first.encode()), "text": first}
    return {
        "searchEntryPoint": {"renderedContent": f'<div class="container"><a class="chip">{escape(topic)}</a></div>'},
        "groundingChunks": [{"web": {"uri": _redirect(topic, domain), "title": domain}} for domain in _DOMAINS],
        "groundingSupports": [{"segment": segment, "groundingChunkIndices": [0, 1]}],
        "webSearchQueries": [topic, f"{topic} {_DOMAINS[0]}"],
    }


def _redirect(topic: str, domain: str) -> str:
    digest = hashlib.sha256(f"{topic} {domain}".encode()).digest() * 4
    return _REDIRECT + base64.urlsafe_b64encode(digest).decode().rstrip("=")
