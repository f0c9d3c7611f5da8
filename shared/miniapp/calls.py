"""What a page of the Mini App is asked, and what it answers. Pure; `shared/site.py` speaks HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Self

from shared.people.users import Language

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a form, as the browser names it: neither name nor content is to be trusted."""

    field_name: str
    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a person who has signed in. The person comes from the session and from nowhere else."""

    user_id: int
    language: Language
    """By the person's client; a choice in the user's document comes first."""
    signed_in_at: datetime
    """When the session began."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The variable parts of the path."""
    query: Mapping[str, str] = field(default_factory=dict)
    """The last of fields of one name."""
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    uploads: Sequence[Upload] = ()

    def with_form(self, form: Mapping[str, Sequence[str]], uploads: Sequence[Upload] = ()) -> Self:
        """The same call with what its form brought."""
        return replace(self, form=form, uploads=uploads)

    def value(self, name: str, default: str = "") -> str:
        """The last value of a field of the form."""
        return self.form[name][-1] if self.form.get(name) else default


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: its status, its body, its type, and headers beside those that every answer has."""

    body: bytes
    mime_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


def page(html: str, status: int = 200, headers: Mapping[str, str] = _NOTHING) -> Reply:
    """A page, or a part of one."""
    return Reply(html.encode(), status=status, headers=headers)


NOT_FOUND = Reply(b'{"error":"not found"}', "application/json", status=404)
"""Also for what belongs to somebody else: nobody learns that it exists."""
