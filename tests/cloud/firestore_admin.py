"""Firestore's Admin API: databases, their restores and copies as long-running operations, TTL fields, backups.

Bodies are read by Google's own message types, so a field of the wrong name or form is refused as there. Operations
are done after `operation_reads` reads. `on_made(source, new)` is called when a database comes to be, so that a test
can fill it (source: the backup's or the original's name). Faults: `faults`, `operation_error`, `ttl_is_ignored`,
`busy_patches` (so many PATCHes are refused because another change is under way), `forget_operations`.

Exports and imports: `on_export(database, uri)` and `on_import(database, uri)` are called when they end. `indexes` are
the composite ones of each database.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud.firestore_admin_v1 import types
from google.protobuf.json_format import ParseError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from tests.cloud.errors import ApiError
from tests.cloud.faults import Faults
from tests.cloud.serving import Cut, Serving, route

Json = dict[str, Any]
Made = Callable[[str, str], object]
DATABASE_ID = re.compile(r"[a-z][a-z0-9-]{2,61}[a-z0-9]|\(default\)")
TYPE = "type.googleapis.com/google.firestore.admin.v1."


class FirestoreAdminServer(Serving):
    """One project's databases; `(default)` is there from the start and can be copied as of any minute since `since`."""

    def __init__(self, project: str, now: datetime, on_made: Made = lambda source, new: None) -> None:
        self.project = f"projects/{project}"
        self.now = now
        self.since = now - timedelta(days=7)
        self.databases = {f"{self.project}/databases/(default)"}
        self.backups: dict[str, Json] = {}
        self.ttl: dict[str, str] = {}
        self.masks: list[str] = []
        self.operation_reads = 2
        self.operation_error = ""
        self.ttl_is_ignored = False
        self.busy_patches = 0
        self.forget_operations = False
        self.unreachable: list[str] = []
        self.faults = Faults()
        self.calls: list[tuple[str, str]] = []
        self.indexes: dict[str, list[Json]] = {}
        self.locations: dict[str, str] = {}
        self.on_export: Made = lambda database, uri: None
        self.on_import: Made = lambda database, uri: None
        self._on_made = on_made
        self._operations: dict[str, Json] = {}

    @property
    def changes(self) -> list[tuple[str, str]]:
        return [call for call in self.calls if call[0] != "GET"]

    def add_backup(self, taken: datetime, state: str = "READY") -> str:
        """A backup of `(default)`; its name."""
        name = f"{self.project}/locations/eur3/backups/backup-{len(self.backups) + 1}"
        facts = {"database": f"{self.project}/databases/(default)", "state": state}
        self.backups[name] = {"name": name, "snapshotTime": taken.strftime("%Y-%m-%dT%H:%M:%SZ"), **facts}
        return name

    def make_app(self, cut: Cut) -> ASGIApp:
        at = "/v1/projects/{project}"
        routes = [
            route(at + "/databases", "GET", self._list_databases, cut),
            route(at + "/databases", "POST", self._create, cut),
            route(at + "/databases/{database}:exportDocuments", "POST", self._export, cut),
            route(at + "/databases/{database}:importDocuments", "POST", self._import, cut),
            route(at + "/databases/{database}/collectionGroups/-/indexes", "GET", self._list_indexes, cut),
            route(at + "/databases/{database}", "DELETE", self._delete, cut),
            route(at + "/databases:restore", "POST", self._restore, cut),
            route(at + "/databases:clone", "POST", self._clone, cut),
            route(at + "/locations/-/backups", "GET", self._list_backups, cut),
            route(at + "/databases/{database}", "GET", self._get_database, cut),
            route(at + "/databases/{database}/operations", "GET", self._list_operations, cut),
            route(at + "/databases/{database}/operations/{id}", "GET", self._get_operation, cut),
            route(at + "/databases/{database}/collectionGroups/{group}/fields/{field}", "GET", self._get_field, cut),
            route(at + "/databases/{database}/collectionGroups/{group}/fields/{field}", "PATCH", self._patch, cut),
        ]
        return Starlette(routes=routes)

    def _meet(self, request: Request) -> str:
        name = request.url.path.removeprefix("/v1/")
        self.calls.append((request.method, name))
        self.faults.meet_call(request.method)
        return name

    # --- new databases -----------------------------------------------------------------------------------

    async def _restore(self, request: Request) -> Response:
        self._meet(request)
        found = read_message(types.RestoreDatabaseRequest, await request.body())
        backup = self.backups.get(found.backup)
        if backup is None:
            raise ApiError(404, f"Backup {found.backup} does not exist")
        if backup["state"] != "READY":
            raise ApiError(400, "The backup is not ready", "FAILED_PRECONDITION")
        return self._begin("RestoreDatabaseMetadata", found.database_id, found.backup)

    async def _clone(self, request: Request) -> Response:
        self._meet(request)
        found = read_message(types.CloneDatabaseRequest, await request.body())
        at = found.pitr_snapshot.snapshot_time
        if found.pitr_snapshot.database not in self.databases:
            raise ApiError(404, "The source database does not exist")
        if at.second or at.microsecond or not self.since <= at <= self.now:
            raise ApiError(400, "snapshot_time must be a whole minute within the retention period")
        return self._begin("CloneDatabaseMetadata", found.database_id, found.pitr_snapshot.database)

    def _begin(self, kind: str, database_id: str, source: str) -> Response:
        if not DATABASE_ID.fullmatch(database_id):
            raise ApiError(400, f"invalid database id {database_id!r}")
        name = f"{self.project}/databases/{database_id}"
        if name in self.databases:
            raise ApiError(409, f"Database {database_id} already exists", "ALREADY_EXISTS")
        self.faults.begin_change(name)
        self.databases.add(name)
        operation = self._open(name, {"@type": TYPE + kind, "startTime": "2026-01-02T03:04:05Z", "database": name})
        self._operations[operation]["then"] = lambda: self._on_made(source, name)
        self.faults.end_change()
        return JSONResponse(self._read(operation))

    async def _create(self, request: Request) -> Response:
        self._meet(request)
        found = read_message(types.Database, await request.body())
        if not found.location_id or found.type_ != types.Database.DatabaseType.FIRESTORE_NATIVE:
            raise ApiError(400, "a location and a type are expected")
        self.locations[f"{self.project}/databases/{request.query_params['databaseId']}"] = found.location_id
        return self._begin("CreateDatabaseMetadata", request.query_params["databaseId"], "")

    async def _delete(self, request: Request) -> Response:
        name = self._meet(request)
        self._require_database(name)
        self.databases.remove(name)
        return JSONResponse({"name": f"{name}/operations/delete", "done": True, "response": {}})

    async def _list_databases(self, request: Request) -> Response:
        self._meet(request)
        return JSONResponse({"databases": [{"name": name} for name in sorted(self.databases)]})

    # --- exports and imports -----------------------------------------------------------------------------

    async def _export(self, request: Request) -> Response:
        name = self._meet(request).removesuffix(":exportDocuments")
        found = read_message(types.ExportDocumentsRequest, await request.body())
        if found.snapshot_time.second or not self.since <= found.snapshot_time <= self.now:
            raise ApiError(400, "snapshot_time must be a whole minute within the retention period")
        return self._move("ExportDocumentsMetadata", "outputUriPrefix", name, found.output_uri_prefix, self.on_export)

    async def _import(self, request: Request) -> Response:
        name = self._meet(request).removesuffix(":importDocuments")
        found = read_message(types.ImportDocumentsRequest, await request.body())
        return self._move("ImportDocumentsMetadata", "inputUriPrefix", name, found.input_uri_prefix, self.on_import)

    def _move(self, kind: str, field: str, name: str, uri: str, then: Made) -> Response:
        self._require_database(name)
        self.faults.begin_change(name)
        metadata = {"@type": TYPE + kind, "startTime": f"2026-01-02T03:04:{len(self._operations):02}Z", field: uri}
        operation = self._open(name, metadata)
        self._operations[operation]["then"] = lambda: then(name, uri)
        self.faults.end_change()
        return JSONResponse(self._read(operation))

    async def _list_indexes(self, request: Request) -> Response:
        name = self._meet(request).removesuffix("/collectionGroups/-/indexes")
        self._require_database(name)
        return JSONResponse({"indexes": self.indexes[name]} if name in self.indexes else {})

    # --- operations --------------------------------------------------------------------------------------

    def _open(self, database: str, metadata: Json) -> str:
        name = f"{database}/operations/op-{len(self._operations) + 1}"
        self._operations[name] = {"reads": self.operation_reads, "all": self.operation_reads, "metadata": metadata}
        return name

    async def _get_operation(self, request: Request) -> Response:
        name = self._meet(request)
        operation = self._operations[name]
        operation["reads"] = max(operation["reads"] - 1, 0)
        return JSONResponse(self._read(name))

    async def _list_operations(self, request: Request) -> Response:
        name = self._meet(request)
        found = [] if self.forget_operations else [each for each in self._operations if each.startswith(name + "/")]
        return JSONResponse({"operations": [self._read(each) for each in found]} if found else {})

    def _read(self, name: str) -> Json:
        operation = self._operations[name]
        done, total = operation["all"] - operation["reads"], operation["all"]
        progress = {"estimatedWork": str(total), "completedWork": str(done)}
        found = {"name": name, "metadata": {**operation["metadata"], "progressPercentage": progress}}
        if operation["reads"]:
            return found
        if self.operation_error:
            return {**found, "done": True, "error": {"code": 13, "message": self.operation_error}}
        if then := operation.pop("then", None):
            then()
        return {**found, "done": True, "response": {"name": operation["metadata"].get("database", "")}}

    # --- what there is -----------------------------------------------------------------------------------

    async def _get_database(self, request: Request) -> Response:
        name = self._meet(request)
        self._require_database(name)
        place = self.locations.get(name, "europe-west1")
        return JSONResponse(
            {"name": name, "locationId": place, "earliestVersionTime": self.since.strftime("%Y-%m-%dT%H:%M:%S.123456Z")}
        )

    async def _list_backups(self, request: Request) -> Response:
        self._meet(request)
        return JSONResponse({"backups": list(self.backups.values()), "unreachable": self.unreachable})

    def _require_database(self, name: str) -> None:
        if name not in self.databases:
            raise ApiError(404, f"Database {name} does not exist")

    # --- TTL ---------------------------------------------------------------------------------------------

    async def _get_field(self, request: Request) -> Response:
        name = self._meet(request)
        self._require_database(name.partition("/collectionGroups/")[0])
        config = {"ttlConfig": {"state": self.ttl[name]}} if name in self.ttl else {}
        return JSONResponse({"name": name, "indexConfig": {}, **config})

    async def _patch(self, request: Request) -> Response:
        name = self._meet(request)
        database = name.partition("/collectionGroups/")[0]
        self._require_database(database)
        found = read_message(types.Field, await request.body())
        self.masks.append(request.query_params.get("updateMask", ""))
        if found.name != name or "ttl_config" not in found:
            raise ApiError(400, "a field with its name and a ttl_config is expected")
        if self.busy_patches:
            self.busy_patches -= 1
            raise ApiError(409, "another change of an index is under way")
        self.faults.begin_change(name)
        if not self.ttl_is_ignored:
            self.ttl[name] = "CREATING"
        operation = self._open(database, {"@type": TYPE + "FieldOperationMetadata", "field": name})
        self.faults.end_change()
        return JSONResponse(self._read(operation))


def read_message(kind: Any, body: bytes) -> Any:
    """The message in a JSON body; what Google's own type does not know is refused."""
    try:
        return kind.from_json(body, ignore_unknown_fields=False)
    except ParseError as error:
        raise ApiError(400, f"Invalid JSON payload received: {error}") from error


def minute(text: str) -> datetime:
    """A time in UTC from `2026-01-02T03:04`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
