"""What a release has that production has not: its people, its pull requests, and what in it is risky. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.releases.actor import Account

PULLS_MAX = 20
"""Kept with a release, the newest."""
TITLE_CHARACTERS_MAX = 120
FILES_MAX = 300
"""GitHub names no more files of a comparison: https://docs.github.com/en/rest/commits/commits#compare-two-commits"""


class Risk(StrEnum):
    """What people look at twice before they approve."""

    SCHEMA = "schema"
    """Documents, or indexes of the database: the release before reads them too."""
    INFRASTRUCTURE = "infrastructure"
    """Terraform, workflows, the delivery itself."""
    DEPENDENCIES = "dependencies"
    SIZE = "size"
    """More files than GitHub names, so there may be other risks too."""


_FILES = (
    (Risk.SCHEMA, re.compile(r"infra/[a-z.]*indexes\.json|shared/(?:[a-z_]+/)*[a-z_]*documents\.py|shared/codec\.py")),
    (Risk.INFRASTRUCTURE, re.compile(r"(?:terraform|\.github|infra/deploy|infra/image)/.*|infra/functions\.json")),
    (Risk.DEPENDENCIES, re.compile(r"requirements[a-z-]*\.(?:in|txt)|pyproject\.toml|Dockerfile")),
)


@dataclass(frozen=True, slots=True)
class Pull:
    """A merged pull request."""

    number: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """Between what serves and a commit."""

    accounts: tuple[Account, ...] = ()
    """Everybody who pushed, wrote or merged it."""
    pulls: tuple[Pull, ...] = ()
    risks: tuple[str, ...] = ()
    """Names of `Risk`s: a release of ours may know more of them."""


def find_risks(paths: Iterable[str]) -> tuple[str, ...]:
    """The risks in the files that changed."""
    files = list(paths)
    found = [risk for risk, names in _FILES if any(names.fullmatch(path) for path in files)]
    return tuple(each.value for each in (*found, *((Risk.SIZE,) if len(files) >= FILES_MAX else ())))
