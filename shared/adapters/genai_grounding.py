"""What Gemini says of its searches on the web, which comes with a late chunk of the stream, or with several."""

from urllib.parse import quote_plus

from google.genai import types

from shared.providers.talk import Source

QUERIES_NAMED_MAX = 3
"""Queries that are shown; see ai.google.dev/gemini-api/docs/grounding/search-suggestions."""
SOURCES_MAX = 100
"""More are not kept in memory; people see far fewer."""

_RESULTS = "https://www.google.com/search?q="


class Found:
    """Queries and pages of one answer."""

    def __init__(self) -> None:
        self._queries: dict[str, None] = {}
        self._pages: dict[str, str] = {}

    @property
    def searches(self) -> int:
        """How many queries it made: each is charged."""
        return len(self._queries)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Google's own pages of the first queries, which its terms want to be shown, and the pages that were found.

        Each stands once, in the order in which it was named.
        """
        searched = [Source(f"{_RESULTS}{quote_plus(query)}", f"Google: {query}") for query in self._queries]
        found = [Source(address, title) for address, title in self._pages.items()]
        return (*searched[:QUERIES_NAMED_MAX], *found[:SOURCES_MAX])

    def take(self, candidate: types.Candidate) -> None:
        """What a chunk says of it; a later chunk may say the same again."""
        said = candidate.grounding_metadata
        if said is None:
            return
        self._queries |= dict.fromkeys(said.web_search_queries or ())
        for chunk in said.grounding_chunks or ():
            if chunk.web is not None and chunk.web.uri:
                self._pages.setdefault(chunk.web.uri, chunk.web.title or chunk.web.domain or "")
