"""switch-over: the functions use another database from now on, one that was restored.

It says what it will do and asks. Then it writes the environment's Terraform files and applies them.
"""

import argparse
from pathlib import Path

from infra.deploy.context import Context
from infra.deploy.environments import ROOT, add_place_arguments, find_place, find_root, read_value
from infra.deploy.errors import RefusedError
from infra.deploy.firestore_admin import FirestoreAdmin, check_database_id
from infra.deploy.switching import DEFAULT, Switch, list_imports, read_switch, write_imports, write_values
from infra.deploy.verbs import apply

HELP = "Have the functions use a restored database: writes it into the environment's Terraform files and applies them."
IMPORTS = "restored.tf"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    parser.add_argument("--database", required=True, help="the restored database")
    parser.add_argument("--yes", action="store_true", help="do not ask, and let Terraform not ask either")


def run(args: argparse.Namespace, context: Context) -> int:
    place = find_place(args, context)
    if args.database != DEFAULT:  # the way back
        check_database_id(args.database)
    path = ROOT / find_root(place.environment)
    text = path.read_text(encoding="utf-8")
    with FirestoreAdmin(place, context) as admin:
        refuse_other_place(admin, args.database, path)
        now = read_switch(text)
        before = [name for name in dict.fromkeys([now.database, *now.kept]) if name != args.database]
        switch = Switch(args.database, tuple(name for name in before if admin.find_database(name) is not None))
        imports = list_imports(admin, place.project, args.database)
    written = write_values(text, switch)
    if read_switch(written) != switch:
        raise RefusedError(f"{find_root(place.environment)} has no line firestore_location to write them after")
    tell_plan(now, switch, context)
    if context.dry_run:
        return 0
    if not args.yes:
        context.confirm(place.environment)
    path.write_text(written, encoding="utf-8")
    path.with_name(IMPORTS).write_text(write_imports(imports), encoding="utf-8")
    code = apply.run(apply_arguments(args), context)
    tell_rest(place.environment, switch, context)
    return code


def refuse_other_place(admin: FirestoreAdmin, name: str, path: Path) -> None:
    """Raise RefusedError if the database is not there, or elsewhere than Terraform would make it."""
    database, location = admin.find_database(name), read_value(path, "firestore_location")
    if database is None:
        raise RefusedError(f"there is no database {name}")
    if database["locationId"] != location:
        raise RefusedError(f"{name} is in {database['locationId']}, and the environment's databases are in {location}")


def apply_arguments(args: argparse.Namespace) -> argparse.Namespace:
    """Those of `apply`, as for the release that is live."""
    parser = argparse.ArgumentParser()
    apply.add_arguments(parser)
    given = [f"--environment={args.environment}"]
    given += [f"--{name}={getattr(args, name)}" for name in ("project", "region") if getattr(args, name)]
    return parser.parse_args([*given, *(["--yes"] if args.yes else [])])


def tell_plan(now: Switch, switch: Switch, context: Context) -> None:
    context.say(f"the functions use {now.database} now, and {switch.database} from then on")
    context.say(f"beside it stay: {', '.join(switch.kept) or 'no other databases, because there are none any more'}")
    context.say("it writes main.tf and restored.tf of the environment, and applies them")


def tell_rest(environment: str, switch: Switch, context: Context) -> None:
    """What a person has to do now."""
    folder = find_root(environment).parent
    context.say(f"commit {folder} now: the pipeline's next apply would switch back")
    context.say(f"gh variable set FIRESTORE_DATABASE --env {environment} --body {switch.database}")
    context.say(f'terraform/outside/{environment}: source_database = "{switch.database}", and apply it by hand')
    context.say("then resume what was paused: docs/runbooks/restore.md")
