"""restore: restore a backup, or any minute of the last week, into a new database beside the old one.

It does not switch over; docs/runbooks/restore.md says how to do that after checking the new database.
"""

import argparse
from datetime import UTC, datetime

from infra.deploy.compare_books import tell_books
from infra.deploy.context import Context
from infra.deploy.environments import Place, add_place_arguments, find_place
from infra.deploy.errors import RefusedError, UnreachableError
from infra.deploy.firestore_admin import FirestoreAdmin, Json, check_database_id, list_ttl_fields

HELP = "Restore a backup or a point in time into a new database, with its TTL policies, and check its books."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    parser.add_argument("--database", help="the new database's name, such as restored-2026-11-21")
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument("--list", action="store_true", help="show the backups, and how far back a time may be")
    origin.add_argument("--backup", help="one of those, projects/…/locations/…/backups/…")
    origin.add_argument("--at", type=read_minute, help="such as 2026-11-21T09:41Z: a minute of the last seven days")
    origin.add_argument("--resume", action="store_true", help="go on with a restore whose verb was stopped")
    parser.add_argument("--source", default="(default)", help="the database to restore; default: %(default)s")


def run(args: argparse.Namespace, context: Context) -> int:
    place = find_place(args, context)
    with FirestoreAdmin(place, context) as admin:
        if args.list:
            return show_backups(admin, args.source, context)
        check_database_id(args.database or "")
        operation = find_started(admin, args.database) if args.resume else start(admin, args, context)
        if operation is not None:
            admin.wait_until_made(operation)
        for group, field in list_ttl_fields():
            if operation is None and context.dry_run and not args.resume:
                context.say(f"TTL of {group}.{field}: would be switched on")
            else:
                context.say(f"TTL of {group}.{field}: {admin.apply_ttl(args.database, group, field)}")
    return 0 if context.dry_run else tell_about_books(place, args, context)


def read_minute(text: str) -> datetime:
    """A time with its zone, a whole minute: Firestore keeps one version a minute. Raises ArgumentTypeError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.second or found.microsecond:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole minute with its zone, such as 2026-11-21T09:41Z")
    return found.astimezone(UTC)


def show_backups(admin: FirestoreAdmin, source: str, context: Context) -> int:
    database = admin.find_database(source)
    if database is not None:
        context.say(f"{source}: any minute since {database.get('earliestVersionTime', 'an hour ago')}")
    for backup in admin.list_backups():
        context.say(f"{backup['snapshotTime']}  {backup['state']}  of {backup['database']}  {backup['name']}")
    return 0


def start(admin: FirestoreAdmin, args: argparse.Namespace, context: Context) -> Json | None:
    """Start; returns None under --dry-run. Raises RefusedError if the name is taken or the time is too long ago."""
    if admin.find_database(args.database) is not None:
        raise RefusedError(f"there is a database {args.database} already: another name, or --resume")
    try:
        if args.backup:
            return admin.restore_backup(args.backup, args.database)
        _refuse_time(admin, args.source, args.at, context)
        return admin.clone_at(args.source, args.at, args.database)
    except UnreachableError as error:
        raise UnreachableError(f"{error}; it may have begun all the same: ask with --resume") from error


def find_started(admin: FirestoreAdmin, database: str) -> Json | None:
    """The started operation; None if it ended long ago. Raises RefusedError if none was started."""
    operation = admin.find_operation(database)
    if operation is None and admin.find_database(database) is None:
        raise RefusedError(f"no database {database} was begun")
    return operation


def tell_about_books(place: Place, args: argparse.Namespace, context: Context) -> int:
    """Print the check of the restored books, and what comes next; returns 0 if they are right, otherwise 1."""
    code = tell_books(place.project, args.source, args.database, context)
    switch = f"make switch-over ENV={place.environment} DATABASE={args.database}"
    context.say(f"{args.database} is restored; use it:  {switch}  or delete it: docs/runbooks/restore.md")
    return code


def _refuse_time(admin: FirestoreAdmin, source: str, at: datetime, context: Context) -> None:
    database = admin.find_database(source)
    if database is None:
        raise RefusedError(f"there is no database {source}: only a backup can bring it back")
    earliest = database.get("earliestVersionTime")
    if earliest and at < datetime.fromisoformat(earliest):
        raise RefusedError(f"{source} goes back to {earliest} only: take a backup (--list)")
    if at >= context.clock.now():
        raise RefusedError("that time is not over yet")
