"""The copies outside an environment's project, as terraform/modules/outside makes them.

A copy of the database is an export of Firestore under the minute that it shows: `2026-11-30T00:30Z/…`. It is whole
once `2026-11-30T00:30Z/complete.json` is there, which is written last. The pictures have a bucket of their own, where
they keep their names.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.deploy.api import Api
from infra.deploy.environments import ROOT, read_value
from infra.deploy.errors import DeployError, RefusedError

MARK = "/complete.json"
ROOTS = Path("terraform/outside")


@dataclass(frozen=True)
class OutsideCopy:
    """One whole copy of the database."""

    bucket: str
    minute: str
    """The minute that it shows, and the first part of its objects' names."""

    @property
    def taken_at(self) -> datetime:
        """The same in UTC."""
        return datetime.fromisoformat(self.minute)

    @property
    def prefix(self) -> str:
        """What its objects' names begin with."""
        return f"{self.minute}/"


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
            return [OutsideCopy(bucket, name.removesuffix(MARK)) for name in sorted(names)]


def choose_copy(copies: list[OutsideCopy], minute: str | None) -> OutsideCopy:
    """The copy of a minute, or the newest. Raises RefusedError if there is none."""
    found = [each for each in copies if minute in {None, each.minute}]
    if not found:
        raise RefusedError(f"there is no whole copy{f' of {minute}: see --list' if minute else ''}")
    return found[-1]
