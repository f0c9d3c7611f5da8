"""What Gemini says of its searches on the web, which comes with a late chunk of the stream, or with several."""

from google.genai import types

from shared.providers.talk import Source

SOURCES_MAX = 100
"""More are not kept in memory; people see far fewer."""


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
        """The pages, each once, in the order in which they were named."""
        return tuple(Source(address, title) for address, title in self._pages.items())[:SOURCES_MAX]

    def take(self, candidate: types.Candidate) -> None:
        """What a chunk says of it; a later chunk may say the same again."""
        said = candidate.grounding_metadata
        if said is None:
            return
        self._queries |= dict.fromkeys(said.web_search_queries or ())
        for chunk in said.grounding_chunks or ():
            if chunk.web is not None and chunk.web.uri:
                self._pages.setdefault(chunk.web.uri, chunk.web.title or chunk.web.domain or "")
