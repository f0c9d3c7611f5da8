"""Documents with optimistic commits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Fields = dict[str, Any]
Version = object
"""Opaque: the version of a document that was read. It is only passed back in an `Update`."""


@dataclass(frozen=True, slots=True)
class Key:
    """The address of one document."""

    collection: str
    id: str


@dataclass(frozen=True, slots=True)
class Record:
    """A document as it was read."""

    key: Key
    fields: Fields
    version: Version


@dataclass(frozen=True, slots=True)
class Create:
    """Write a document that must not exist yet."""

    key: Key
    fields: Fields


@dataclass(frozen=True, slots=True)
class Update:
    """Overwrite the given top-level fields of a document that must still be at `version`.

    Fields that are not named stay as they are, so that a newer version's fields survive an older writer.
    """

    key: Key
    fields: Fields
    version: Version


@dataclass(frozen=True, slots=True)
class Increment:
    """Add to top-level integers of a document, whatever its version; a missing field counts as 0.

    Not idempotent: written twice, it counts twice.
    """

    key: Key
    fields: dict[str, int]


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a document that must still be at `version`."""

    key: Key
    version: Version
    fields: Fields = field(default_factory=dict, init=False)
    """None: so that every write has them."""


Write = Create | Update | Increment | Delete
Op = Literal["==", "<=", "in", "array_contains"]


@dataclass(frozen=True, slots=True)
class Query:
    """A bounded query of one collection."""

    collection: str
    where: tuple[tuple[str, Op, Any], ...]
    limit: int
    order_by: tuple[str, Literal["ASCENDING", "DESCENDING"]] | None = None
    after: tuple[Any, str] | None = None
    """With `order_by`: only what comes after a document with this value of that field and this id; ids break ties."""


class Store(Protocol):
    """Documents with optimistic commits (Firestore)."""

    async def read(self, keys: Sequence[Key]) -> list[Record | None]:
        """The documents at `keys`, in that order, in one round trip. Raises UnavailableError."""
        ...

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Commit all writes or none; returns the new version of each. Raises ConflictError, UnavailableError.

        At most 500 writes, each to another document. An update that changes nothing keeps the version.
        After UnavailableError the commit may have happened: choose the writes so that a retry detects it.
        """
        ...

    async def find(self, query: Query) -> list[Record]:
        """The matching documents, at most `query.limit`. Raises UnavailableError."""
        ...

    async def count(self, query: Query) -> int:
        """How many documents match, at most `query.limit`; each thousand costs as much as one that is read.

        Raises UnavailableError.
        """
        ...
