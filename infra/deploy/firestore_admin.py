"""The parts of Firestore's Admin API that a restore needs: databases, backups, imports, TTL fields, indexes.

https://firebase.google.com/docs/firestore/reference/rest/v1/projects.databases (restore, clone) and
…/v1/projects.databases.collectionGroups.fields/patch. A database can only be restored into a new one in the same
location. Indexes are restored; TTL policies, backup schedules and protection are not.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from infra.deploy.context import Context
from infra.deploy.environments import ROOT, Place
from infra.deploy.errors import ConflictError, DeployError, MissingError, RefusedError
from infra.deploy.google_project import open_api
from infra.deploy.operations import wait_for_operation

FIRESTORE_URL = "https://firestore.googleapis.com"
VARIABLE = "FIRESTORE_ADMIN_API_URL"
INDEXES = ROOT / "infra/firestore.indexes.json"
RELEASE_INDEXES = ROOT / "infra/releases.indexes.json"
PAUSE_SECONDS = 20.0
RESTORE_SECONDS_MAX = 12 * 3600.0
"""A restore takes minutes, and hours for hundreds of gigabytes."""
TTL_SECONDS_MAX = 1800.0
TRIES = 20
"""Tries, over some minutes: while one field is being changed, changes of others may be refused."""
MAKING = ("RestoreDatabaseMetadata", "CloneDatabaseMetadata")
IMPORTING = ("ImportDocumentsMetadata",)
Json = dict[str, Any]


class FirestoreAdmin:
    """The databases of one project. A context manager."""

    def __init__(self, place: Place, context: Context) -> None:
        self._api = open_api(context, VARIABLE, FIRESTORE_URL, place)
        self._context = context
        self._project = f"projects/{place.project}"

    def __enter__(self) -> Self:
        self._api.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._api.__exit__(kind, error, at)

    # --- what there is -----------------------------------------------------------------------------------

    def find_database(self, database: str) -> Json | None:
        """A database's description; None if it does not exist."""
        try:
            found: Json = self._api.get(f"/v1/{self._database(database)}")
        except MissingError:
            return None
        return found

    def list_databases(self) -> list[str]:
        """The ids of the project's databases."""
        found = self._api.get(f"/v1/{self._project}/databases")
        return [str(each["name"]).rpartition("/")[2] for each in found.get("databases", [])]

    def list_backups(self) -> list[Json]:
        """All backups of the project, the newest first."""
        found = self._api.get(f"/v1/{self._project}/locations/-/backups")
        if found.get("unreachable"):
            self._context.say(f"not all backups are listed: no answer from {', '.join(found['unreachable'])}")
        return sorted(found.get("backups", []), key=lambda backup: str(backup["snapshotTime"]), reverse=True)

    # --- a new database ----------------------------------------------------------------------------------

    def restore_backup(self, backup: str, database: str) -> Json | None:
        """Start a restore; returns the operation, or None under --dry-run. Raises DeployError."""
        body = {"databaseId": database, "backup": backup}
        return self._make(f"/v1/{self._project}/databases:restore", body, database)

    def clone_at(self, source: str, at: datetime, database: str) -> Json | None:
        """Start a copy of the database as it was at a whole minute; returns the operation, or None under --dry-run."""
        snapshot = {"database": self._database(source), "snapshotTime": format_time(at)}
        body = {"databaseId": database, "pitrSnapshot": snapshot}
        return self._make(f"/v1/{self._project}/databases:clone", body, database)

    def _make(self, path: str, body: Json, database: str) -> Json | None:
        try:
            operation: Json | None = self._api.change("POST", path, body)
        except ConflictError as error:
            raise RefusedError(f"there is a database {database} already: choose another name") from error
        return operation

    def make_empty(self, database: str, location: str) -> None:
        """Create an empty database and wait until it is there. Raises DeployError."""
        body = {
            "locationId": location,
            "type": "FIRESTORE_NATIVE",
            "pointInTimeRecoveryEnablement": "POINT_IN_TIME_RECOVERY_ENABLED",
        }
        operation = self._make(f"/v1/{self._project}/databases?databaseId={database}", body, database)
        if operation is not None:
            self._wait(operation, RESTORE_SECONDS_MAX)

    def import_export(self, database: str, uri: str) -> Json | None:
        """Start to import what Firestore exported to `gs://BUCKET/PREFIX`; None under --dry-run. Raises DeployError."""
        path = f"/v1/{self._database(database)}:importDocuments"
        operation: Json | None = self._api.change("POST", path, {"inputUriPrefix": uri})
        return operation

    def delete_database(self, database: str) -> None:
        """Delete it and wait. Raises DeployError; RefusedError if it is protected."""
        operation = self._api.change("DELETE", f"/v1/{self._database(database)}")
        if operation is not None:
            self._wait(operation, TTL_SECONDS_MAX)

    def list_indexes(self, database: str) -> list[Json]:
        """All composite indexes of a database, in any order."""
        found = self._api.get(f"/v1/{self._database(database)}/collectionGroups/-/indexes")
        return list(found.get("indexes", []))

    def find_operation(self, database: str, kinds: tuple[str, ...] = MAKING) -> Json | None:
        """The newest operation of these kinds, by default that made this database; None if there is none."""
        found = self._api.get(f"/v1/{self._database(database)}/operations").get("operations", [])
        making = [each for each in found if str(each["metadata"]["@type"]).endswith(kinds)]
        return max(making, key=lambda each: str(each["metadata"].get("startTime", "")), default=None)

    def wait_until_made(self, operation: Json) -> None:
        """Wait for the operation. Raises DeployError if it failed."""
        self._wait(operation, RESTORE_SECONDS_MAX, lambda state: self._context.say(describe_progress(state)))

    # --- TTL policies ------------------------------------------------------------------------------------

    def apply_ttl(self, database: str, group: str, field: str) -> str:
        """Set a TTL policy on a field of a collection group; returns a description of what was done."""
        name = f"{self._database(database)}/collectionGroups/{group}/fields/{field}"
        if self._read_ttl(name):
            return "is on"
        operation = self._patch_patiently(name)
        if operation is None:
            return "would be switched on"
        self._wait(operation, TTL_SECONDS_MAX)
        if not self._read_ttl(name):
            raise DeployError(f"TTL of {group}.{field} is not on, though Firestore says so")
        return "switched on"

    def _read_ttl(self, name: str) -> str:
        """The policy's state: `CREATING` or `ACTIVE` (both delete within a day); empty if there is none."""
        found = self._api.get(f"/v1/{name}").get("ttlConfig") or {}
        state = str(found.get("state", ""))
        return state if state in {"CREATING", "ACTIVE"} else ""

    def _patch_patiently(self, name: str) -> Json | None:
        for tries_left in reversed(range(TRIES)):
            try:
                body = {"name": name, "ttlConfig": {}}
                done: Json | None = self._api.change("PATCH", f"/v1/{name}?updateMask=ttlConfig", body)
            except ConflictError:
                if not tries_left:
                    raise
                self._context.clock.sleep(PAUSE_SECONDS)
            else:
                return done
        raise AssertionError("the last try returns or raises")

    def _wait(self, operation: Json, seconds_max: float, report: Callable[[Json], None] = lambda _: None) -> None:
        wait_for_operation(
            self._api, operation, self._context, pause_seconds=PAUSE_SECONDS, seconds_max=seconds_max, report=report
        )

    def _database(self, database: str) -> str:
        return f"{self._project}/databases/{database}"


def list_ttl_fields(file: Path = INDEXES) -> list[tuple[str, str]]:
    """Collection group and field of every required TTL policy, from the file that Terraform reads too."""
    overrides = json.loads(file.read_text(encoding="utf-8"))["fieldOverrides"]
    return [(each["collectionGroup"], each["fieldPath"]) for each in overrides if each.get("ttl")]


def name_index(group: str, fields: list[Json]) -> str:
    """A composite index's key in terraform/modules/firestore: of one in the file, or of one that Firestore lists."""
    parts = (f"{field['fieldPath']}:{field.get('order') or field.get('arrayConfig')}" for field in fields)
    return " ".join([group, *(part for part in parts if not part.startswith("__name__:"))])


def check_database_id(database: str) -> None:
    """Raise RefusedError for an invalid name, and for the name of the original."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{2,61}[a-z0-9]", database) or re.fullmatch(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", database
    ):
        raise RefusedError(f"not a new database's name: {database!r} (4 to 63 of a-z, 0-9 and -, a letter first)")


def format_time(at: datetime) -> str:
    """A time in the format of Google's REST APIs."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def describe_progress(operation: Json) -> str:
    """The progress of a restore or a copy."""
    metadata = operation.get("metadata", {})
    progress = metadata.get("progressPercentage") or metadata.get("progress") or {}
    done, all_of_it = int(progress.get("completedWork", 0)), int(progress.get("estimatedWork", 0))
    state = str(metadata.get("operationState", "PROCESSING")).lower()
    return f"{state}: {100 * done // all_of_it} %" if all_of_it else state
