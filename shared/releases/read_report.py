"""Reading what workflows send to the API: bounded, typed, and refused with the name of the field. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from shared.errors import UnusableReportError
from shared.releases.attempt import Attempt, Evidence
from shared.releases.beginning import Beginning
from shared.releases.release import ReleaseKind, read_status

T = TypeVar("T")

Json = dict[str, Any]
REV_MAX = 2**53 - 1
"""What every reader of JSON can tell exactly."""


def read_code(said: Mapping[str, Any]) -> str:
    """The code that joins an account. Raises UnusableReportError."""
    return _read(said, "code", str)


def read_beginning(said: Mapping[str, Any]) -> Beginning:
    """What begins a release. Raises UnusableReportError; whether the names can be is decided later."""
    kind = _read(said, "kind", str, ReleaseKind.RELEASE.value)
    if kind not in {each.value for each in ReleaseKind}:
        raise UnusableReportError("kind")
    return Beginning(
        service_name=_read(said, "service_name", str),
        release_tag=_read(said, "release_tag", str),
        commit=_read(said, "commit", str),
        tree=_read(said, "tree", str),
        kind=ReleaseKind(kind),
        github_ref=_read(said, "github_ref", str, ""),
        github_action_link=_read(said, "github_action_link", str, ""),
    )


def read_attempt(said: Mapping[str, Any]) -> tuple[str, Attempt]:
    """The id of a release, and what is wanted of it. Raises UnusableReportError."""
    id_, target = _read(said, "id", str), read_status(_read(said, "status", str))
    if target is None:
        raise UnusableReportError("status")
    rev = _read(said, "expect_rev", int)
    if isinstance(rev, bool) or not 0 <= rev <= REV_MAX:
        raise UnusableReportError("expect_rev")
    return id_, Attempt(
        target,
        rev,
        _read(said, "phase", str, ""),
        _read(said, "reason", str, ""),
        read_evidence(_read(said, "evidence", dict, {})),
        rollback_to_tag=_read(said, "rollback_to_tag", str, ""),
    )


def read_evidence(said: Mapping[str, Any]) -> Evidence:
    """What a workflow has seen, by the names of the fields. Raises UnusableReportError."""
    blank, found = Evidence(), dict[str, Any]()
    for each in fields(Evidence):
        default = getattr(blank, each.name)
        value = _read(said, each.name, list if isinstance(default, tuple) else type(default), default)
        found[each.name] = tuple(value) if isinstance(default, tuple) else value
    if not all(isinstance(version, str) for version in found["versions"]):
        raise UnusableReportError("versions")
    return Evidence(**found)


def _read(said: Mapping[str, Any], name: str, kind: type[T], default: T | None = None) -> T:
    """A field of this type. Raises UnusableReportError for another, and for a missing one without a default."""
    value = said.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, kind):
        raise UnusableReportError(name)
    return value
