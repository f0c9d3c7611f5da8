"""Google Search of the local Gemini, through the real google-genai client."""

import pytest
from google.genai import types
from google.genai.client import AsyncClient
from google.genai.errors import ClientError

from infra.local.gemini import Gemini
from tests.infra.local.gemini.talks import ask, find_reason, join, listen

SEARCH = types.Tool(google_search=types.GoogleSearch())
REDIRECT = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/"


@pytest.mark.parametrize("api", ["developer", "enterprise"])
async def test_pages_come_with_the_end(
    gemini: Gemini, developer: AsyncClient, enterprise: AsyncClient, api: str
) -> None:
    """The last chunk alone names queries and pages, as the client reads them, and what they cost in tokens."""
    client = {"developer": developer, "enterprise": enterprise}[api]
    chunks = await listen(client, "What is a rainbow?", tools=[SEARCH])
    said = [chunk.candidates[0].grounding_metadata for chunk in chunks if chunk.candidates]
    assert said[:-1] == [None] * (len(chunks) - 1)
    last = said[-1]
    assert last is not None
    assert last.web_search_queries
    pages = [chunk.web for chunk in last.grounding_chunks or () if chunk.web]
    assert all((page.uri or "").startswith(REDIRECT) and page.title for page in pages)
    [support] = list(last.grounding_supports or ())
    assert support.segment is not None
    assert join(chunks).encode()[: support.segment.end_index or 0].decode() == support.segment.text
    assert chunks[-1].usage_metadata is not None
    assert chunks[-1].usage_metadata.tool_use_prompt_token_count
    assert find_reason(chunks[-1]) == "STOP"
    assert gemini.calls()[-1].searches


async def test_a_whole_answer_names_its_pages(developer: AsyncClient) -> None:
    """So does an answer that is not streamed; without the tool there are none."""
    found = await ask(developer, "What is a rainbow?", tools=[SEARCH])
    plain = await ask(developer, "What is a rainbow?")
    assert found.candidates is not None
    assert found.candidates[0].grounding_metadata is not None
    assert plain.candidates is not None
    assert plain.candidates[0].grounding_metadata is None


async def test_other_tools_are_refused(developer: AsyncClient) -> None:
    """What this server does not know is a 400, as a misspelled field would be."""
    with pytest.raises(ClientError, match="not supported here"):
        await ask(developer, "Hello", tools=[types.Tool(code_execution=types.ToolCodeExecution())])
