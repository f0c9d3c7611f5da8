"""restore-outside: the copy that lies outside the project becomes a new database, and the pictures come back.

For the day on which the project's own backups are gone too (docs/runbooks/restore.md). It changes nothing for people:
`switch-over` does that, after you have looked at the new database.
"""

import argparse

from infra.deploy.compare_books import tell_books
from infra.deploy.context import Context
from infra.deploy.environments import ROOT, add_place_arguments, find_place, find_root, read_value
from infra.deploy.errors import DeployError
from infra.deploy.firestore_admin import FirestoreAdmin, check_database_id
from infra.deploy.google_project import open_storage
from infra.deploy.outside_copies import OutsideCopy, choose_copy, list_copies, read_copies_project
from infra.deploy.recovery import (
    Recovery,
    fetch_export,
    fill_database,
    prepare_buckets,
    start_pictures,
)
from infra.deploy.transfers import Transfers

HELP = "Restore the copy outside the project into a new database, bring the pictures back, and check the books."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    parser.add_argument("--database", help="the new database's name, such as recovered-1130")
    parser.add_argument("--list", action="store_true", help="only show the copies")
    parser.add_argument("--copy", metavar="NAME", help="one of those; default: the newest")
    parser.add_argument("--copies", metavar="PROJECT", help="default: the one in terraform/outside/…/main.tf")
    parser.add_argument("--location", help="of the new database; default: the old one's, in the environment's main.tf")
    parser.add_argument("--source", default="(default)", help="the database to compare with; default: %(default)s")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(args: argparse.Namespace, context: Context) -> int:
    place = find_place(args, context)
    copies_project = args.copies or read_copies_project(place.environment)
    with open_storage(place, context) as storage:
        copies = list_copies(storage, copies_project)
        if args.list:
            return show_copies(copies, context)
        check_database_id(args.database or "")
        location = args.location or read_value(ROOT / find_root(place.environment), "firestore_location")
        if not location:
            raise DeployError("where is the new database to be? --location")
        copy = choose_copy(copies, args.copy)
        media = (f"{copies_project}-media", f"{place.project}-media")
        recovery = Recovery(place, args.database, location, copy, *media)
        tell_plan(recovery, context)
        if not (args.yes or context.dry_run):
            context.confirm(place.environment)
        begun_at = context.clock.now()
        with Transfers(place, context) as transfers, FirestoreAdmin(place, context) as admin:
            prepare_buckets(recovery, storage, transfers, context)
            pictures = start_pictures(recovery, transfers)
            fetch_export(recovery, transfers, context)
            fill_database(recovery, admin)
    if pictures is None:  # under --dry-run
        return 0
    code = tell_books(place.project, args.source, recovery.database, context)
    minutes = (context.clock.now() - begun_at).total_seconds() / 60
    context.say(f"restored in {minutes:.0f} minutes; the pictures go on being copied: {pictures['name']}")
    context.say(f"next:  make switch-over ENV={place.environment} DATABASE={recovery.database}")
    return code


def show_copies(copies: list[OutsideCopy], context: Context) -> int:
    for copy in copies:
        context.say(copy.name)
    return 0


def tell_plan(recovery: Recovery, context: Context) -> None:
    """What is about to happen, before anything does."""
    age_minutes = (context.clock.now() - recovery.copy.taken_at).total_seconds() / 60
    context.say(f"the copy: {recovery.copy.name}, {age_minutes:.0f} minutes old, in {recovery.copy.bucket}")
    context.say(f"it becomes the new database {recovery.database} of {recovery.place.project}, in {recovery.location}")
    context.say(f"missing pictures come from {recovery.media_source} into {recovery.media_sink}")
    context.say("nothing is overwritten, and the functions go on with what they use now")
