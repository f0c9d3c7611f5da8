"""The copies outside an environment's project, as terraform/modules/outside makes them.

A copy of the database is an export of Firestore, named by the minute that it shows and by a part that nobody knows
before: `2026-11-30T00:30Z-1f6a09c3/…`. It is whole once `…/complete.json` is there, which is written last. The pictures
have a bucket of their own, where they keep their names.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.deploy.api import Api
from infra.deploy.environments import ROOT, read_value
from infra.deploy.errors import DeployError, RefusedError

MARK = "/complete.json"
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ-[0-9a-f]{8}")
ROOTS = Path("terraform/outside")


@dataclass(frozen=True)
class OutsideCopy:
    """One whole copy of the database."""

    bucket: str
    name: str
    """The first part of its objects' names."""

    @property
    def taken_at(self) -> datetime:
        """The minute that it shows, in UTC."""
        return datetime.fromisoformat(self.name.rpartition("-")[0])

    @property
    def prefix(self) -> str:
        """What its objects' names begin with."""
        return f"{self.name}/"


def read_copies_project(environment: str) -> str:
    """The project of an environment's copies. Raises DeployError if it has none."""
    project = read_value(ROOT / ROOTS / environment / "main.tf", "project")
    if not project:
        raise DeployError(f"there is no {ROOTS}/{environment}: this environment has no copies outside")
    return project


def list_copies(storage: Api, project: str) -> list[OutsideCopy]:
    """The whole copies, the oldest first. Raises DeployError."""
    bucket = f"{project}-database"
    names: list[str] = []
    token: str | None = None
    while True:
        page: Any = storage.get(f"/storage/v1/b/{bucket}/o", matchGlob=f"*{MARK}", pageToken=token)
        names += [str(each["name"]) for each in page.get("items", [])]
        token = page.get("nextPageToken")
        if token is None:
            found = (name.removesuffix(MARK) for name in sorted(names))
            return [OutsideCopy(bucket, name) for name in found if NAME.fullmatch(name)]


def choose_copy(copies: list[OutsideCopy], name: str | None) -> OutsideCopy:
    """The copy of a name, or the newest. Raises RefusedError if there is none."""
    found = [each for each in copies if name in {None, each.name}]
    if not found:
        raise RefusedError(f"there is no whole copy{f' {name}: see --list' if name else ''}")
    return found[-1]
