"""What an answer with Google Search says of its queries and pages, in the shape of the REST API."""

import base64
import hashlib
from html import escape
from typing import Any, Final

from infra.local.gemini.question import find_question, find_topic
from infra.local.gemini.talk_request import TalkRequest

TOOL_TOKENS: Final = 150
"""What the pages count for, beside the prompt."""
_REDIRECT: Final = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/"
_DOMAINS: Final = ("wikipedia.org", "britannica.com", "example.org")
"""The developer API gives the domain as the title."""


def ground(request: TalkRequest, text: str) -> dict[str, Any]:
    """The metadata of an answer that rests on three pages; segments count bytes of UTF-8."""
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
