"""rehearse-restore: the newest copy outside is restored into a project of its own, measured, and deleted there.

It ends with 1 when the books do not balance, or when the copy or the restore was too slow for what we promise.
"""

import argparse
from datetime import timedelta

from infra.deploy.compare_books import tell_books
from infra.deploy.context import Context
from infra.deploy.environments import ENVIRONMENTS, Place
from infra.deploy.firestore_admin import FirestoreAdmin
from infra.deploy.google_project import open_storage
from infra.deploy.outside_copies import choose_copy, list_copies, read_copies_project
from infra.deploy.recovery import (
    Recovery,
    fetch_export,
    fill_database,
    prepare_buckets,
    start_pictures,
)
from infra.deploy.transfers import Transfers
from infra.deploy.verbs.restore_outside import tell_plan

HELP = "Restore the newest outside copy into a project of its own, check its books, measure, and delete it there."
LOSS_MAX = timedelta(hours=1)
"""How old the newest copy may be at any moment (RPO): docs/decisions/0109-a-copy-that-nobody-can-delete.md."""
RESTORE_MAX = timedelta(minutes=20)
"""How long it may take until the database is there and its books are checked. Of the 30 minutes until people are served
again (RTO) this leaves ten for `switch-over`.
"""
PREFIX = "rehearsal-"
PICTURES_SECONDS = 3600
"""The pictures that come along: those copied in the last hour."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--environment", required=True, choices=ENVIRONMENTS, help="whose copy")
    parser.add_argument("--project", required=True, help="the project to restore into, which has nothing else")
    parser.add_argument("--region", required=True, help="of the database and the buckets there")
    parser.add_argument("--copies", metavar="PROJECT", help="default: the one in terraform/outside/…/main.tf")


def run(args: argparse.Namespace, context: Context) -> int:
    place = Place(args.environment, args.project, args.region)
    copies_project = args.copies or read_copies_project(place.environment)
    begun_at = context.clock.now()
    with (
        open_storage(place, context) as storage,
        Transfers(place, context) as transfers,
        FirestoreAdmin(place, context) as admin,
    ):
        copy = choose_copy(list_copies(storage, copies_project), None)
        name = f"{PREFIX}{begun_at:%Y%m%d-%H%M}"
        # Everything goes into the bucket that empties itself.
        recovery = Recovery(place, name, place.region, copy, f"{copies_project}-media", f"{place.project}-recovery")
        tell_plan(recovery, context)
        delete_rehearsals(admin, context)  # of a job that was killed
        prepare_buckets(recovery, storage, transfers, context)
        try:
            fetch_export(recovery, transfers, context)
            fill_database(recovery, admin)
            if context.dry_run:
                return 0
            faults = tell_books(place.project, None, name, context)
            took = context.clock.now() - begun_at
            pictures = start_pictures(recovery, transfers, PICTURES_SECONDS)
            counters = transfers.wait(pictures) if pictures else {}
            context.say(f"pictures of an hour: {counters.get('objectsCopiedToSink', 0)}")
        finally:
            delete_rehearsals(admin, context)
    return faults + tell_times(begun_at - copy.taken_at, took, context)


def delete_rehearsals(admin: FirestoreAdmin, context: Context) -> None:
    """Delete the databases of rehearsals; the bucket empties itself after a day."""
    for name in admin.list_databases():
        if name.startswith(PREFIX):
            admin.delete_database(name)
            context.say(f"{name}: {'would be deleted' if context.dry_run else 'deleted'}")


def tell_times(loss: timedelta, took: timedelta, context: Context) -> int:
    """Print both against what is promised; returns 1 if one was too long."""
    for words, found, most in (("lost would be", loss, LOSS_MAX), ("restored after", took, RESTORE_MAX)):
        verdict = "good" if found <= most else "TOO LONG"
        context.say(
            f"{words} {found.total_seconds() / 60:.0f} minutes, at most {most.total_seconds() / 60:.0f}: {verdict}"
        )
    return int(loss > LOSS_MAX or took > RESTORE_MAX)
