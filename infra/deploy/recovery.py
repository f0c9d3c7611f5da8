"""Restoring a copy from outside into a project: the database into a new one, the pictures into their bucket.

Every step can be repeated, and continues what an earlier run began.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.environments import Place
from infra.deploy.errors import RefusedError, UnreachableError
from infra.deploy.firestore_admin import IMPORTING, FirestoreAdmin
from infra.deploy.google_project import read_project_number
from infra.deploy.outside_copies import OutsideCopy
from infra.deploy.state_bucket import PRIVATE, make_bucket
from infra.deploy.transfers import Transfers, admit
from infra.operations import ledger

DAY_ONLY = {"lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {"age": 1}}]}}
MULTI_REGIONS = {"eur3": "EU", "nam5": "US", "nam7": "US"}
"""Where a bucket has to be to be near a database of two regions."""
Json = dict[str, Any]


@dataclass(frozen=True)
class Recovery:
    """What is restored into where."""

    place: Place
    database: str
    location: str
    """The new database's."""
    copy: OutsideCopy
    media_source: str
    media_sink: str

    @property
    def bucket(self) -> str:
        """Where the export waits to be imported: near the database."""
        return f"{self.place.project}-recovery"


def prepare_buckets(recovery: Recovery, storage: Api, transfers: Transfers, context: Context) -> None:
    """Both buckets exist in our project, and its transfers may write there. Raises RefusedError if one is another's."""
    place = recovery.place
    number = read_project_number(place, context)
    near = MULTI_REGIONS.get(recovery.location, recovery.location)
    make_bucket(storage, recovery.bucket, place.project, number, near, context, {**PRIVATE, **DAY_ONLY})
    make_bucket(storage, recovery.media_sink, place.project, number, place.region, context, PRIVATE)
    if context.dry_run:
        return
    agent = transfers.read_agent()
    for bucket in (recovery.bucket, recovery.media_sink):
        admit(storage, bucket, agent)


def start_pictures(recovery: Recovery, transfers: Transfers, newest_seconds: int | None = None) -> Json | None:
    """Start to copy the pictures; Google goes on with it by itself."""
    return transfers.start(recovery.media_source, recovery.media_sink, newest_seconds=newest_seconds)


def fetch_export(recovery: Recovery, transfers: Transfers, context: Context) -> None:
    """Bring the copy near the new database."""
    started = transfers.start(recovery.copy.bucket, recovery.bucket, prefix=recovery.copy.prefix)
    if started is not None:
        counters = transfers.wait(started)
        context.say(f"the copy of {recovery.copy.name}: {counters.get('objectsCopiedToSink', 0)} objects are here")


def fill_database(recovery: Recovery, admin: FirestoreAdmin) -> None:
    """Create the database and import the copy once. Its indexes and TTL policies come with `switch-over`.

    Raises RefusedError if the database has documents that no import of this copy brought.
    """
    imported = None
    if admin.find_database(recovery.database) is None:
        admin.make_empty(recovery.database, recovery.location)
    else:
        imported = find_import(recovery, admin)
    if imported is None:
        imported = start_import(recovery, admin)
    if imported is not None:
        admin.wait_until_made(imported)


def find_import(recovery: Recovery, admin: FirestoreAdmin) -> Json | None:
    """The import that an earlier run began, if it did not fail; None where it has to be begun.

    Raises RefusedError if the database is in use: an import would put old documents over newer ones.
    """
    operation = admin.find_operation(recovery.database, IMPORTING)
    if operation is not None and operation["metadata"].get("inputUriPrefix") == name_uri(recovery):
        return None if "error" in operation else operation
    if operation is not None or asyncio.run(has_people(recovery.place.project, recovery.database)):
        raise RefusedError(f"there is a database {recovery.database} already, with other documents: another name")
    return None


def start_import(recovery: Recovery, admin: FirestoreAdmin) -> Json | None:
    """Start it; None under --dry-run. Raises UnreachableError where nobody knows whether it began."""
    try:
        return admin.import_export(recovery.database, name_uri(recovery))
    except UnreachableError as error:
        raise UnreachableError(f"{error}; it may have begun all the same: run the same command again") from error


def name_uri(recovery: Recovery) -> str:
    """Where Firestore finds the export."""
    return f"gs://{recovery.bucket}/{recovery.copy.name}"


async def has_people(project: str, database: str) -> bool:
    """Whether the database has a user."""
    async with ledger.open_database(project, database) as client:
        return bool(await client.collection("users").limit(1).get())
