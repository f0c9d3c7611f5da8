"""Collecting Gemini's metadata about web searches, which comes with late chunks of the stream."""

from urllib.parse import quote_plus

from google.genai import types

from shared.providers.talk import Source

QUERIES_NAMED_MAX = 3
"""The most queries that are shown; see ai.google.dev/gemini-api/docs/grounding/search-suggestions."""
SOURCES_MAX = 100
"""The most sources in memory; people see far fewer."""

_RESULTS = "https://www.google.com/search?q="


class Found:
    """The queries and pages of one answer."""

    def __init__(self) -> None:
        self._queries: dict[str, None] = {}
        self._pages: dict[str, str] = {}

    @property
    def searches(self) -> int:
        """The number of queries; each is charged."""
        return len(self._queries)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Google's result pages of the first queries, which its terms require to be shown, and the found pages.

        Each appears once, in the order of the metadata.
        """
        searched = [Source(f"{_RESULTS}{quote_plus(query)}", f"Google: {query}") for query in self._queries]
        found = [Source(address, title) for address, title in self._pages.items()]
        return (*searched[:QUERIES_NAMED_MAX], *found[:SOURCES_MAX])

    def take(self, candidate: types.Candidate) -> None:
        """Add the metadata of a chunk; a later chunk may repeat it."""
        said = candidate.grounding_metadata
        if said is None:
            return
        self._queries |= dict.fromkeys(said.web_search_queries or ())
        for chunk in said.grounding_chunks or ():
            if chunk.web is not None and chunk.web.uri:
                self._pages.setdefault(chunk.web.uri, chunk.web.title or chunk.web.domain or "")
