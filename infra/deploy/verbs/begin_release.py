"""begin-release: tell the API of releases that a build has begun."""

import argparse
from pathlib import Path

from infra.deploy.branches import MAIN
from infra.deploy.checkout import Checkout, read_checkout
from infra.deploy.context import Context
from infra.deploy.environments import ROOT
from infra.deploy.errors import DeployError
from infra.deploy.outputs import write_outputs
from infra.deploy.releases_api import Json, ReleasesApi
from infra.deploy.report_step import try_report
from infra.deploy.verbs.notify import find_run
from shared.releases.release import Status, name_release

HELP = "Begin a release of this checkout, unless its files have one that is on its way or was deployed."
AGAIN = frozenset(
    {
        Status.STAGING_FAILED.value,
        Status.MANUAL_TEST_FAILED.value,
        Status.CANCELLED.value,
        Status.PRODUCTION_FAILED.value,
    }
)
"""Where a release has ended without harm: whoever builds its files again gets another one. After a rollback nobody
does; the files have to change."""
TRIES_MAX = 20
"""So often the same files are released anew."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=ROOT, help="the checkout; default: this one")
    parser.add_argument("--release", default="", help="the id of one that has begun: its files, not the checkout's")


def run(args: argparse.Namespace, context: Context) -> int:
    """Always 0. Writes the output `release`: the id that this run reports of; empty: it has nothing to report."""
    found = try_report(
        context,
        "the beginning of a release",
        lambda api: (
            go_on(api, args.release, context) if args.release else begin(api, read_checkout(args.folder), context)
        ),
    )
    own = found is not None and found["github_run_id"] == context.environment.get("GITHUB_RUN_ID")
    is_new = found is not None and own and found["status"] == Status.BUILDING.value
    if found is not None:
        context.say(f"release {found['id']} is {found['status']}{'' if is_new else ': nothing begins'}")
    write_outputs(context, release=found["id"] if found is not None and is_new else "")
    return 0


def begin(api: ReleasesApi, checkout: Checkout, context: Context) -> Json:
    """The release of these files, brought to `building` if it is new. Raises DeployError."""
    ref = context.environment.get("GITHUB_REF", "")
    kind = "hotfix" if ref == f"refs/heads/{MAIN}" else "release"
    about = {"kind": kind, "github_ref": ref, "github_action_link": find_run(context).get("Run", "")}
    first = name_release(checkout.version, checkout.commit)
    for number in range(1, TRIES_MAX):
        found = api.begin(name_try(first, number), checkout.commit, checkout.tree, **about)
        if found.get("status") == Status.INITIATED.value:
            return api.report(found["id"], Status.BUILDING.value, phase="image")
        if found.get("status") not in AGAIN:
            return found
    raise DeployError(f"{first} has ended {TRIES_MAX - 1} times: commit something else")


def go_on(api: ReleasesApi, id_: str, context: Context) -> Json:
    """The release as it is; where it has ended, another one of its files: a failed job was run again."""
    found = api.read(id_)
    if found["status"] not in AGAIN:
        return found
    return begin(api, Checkout(found["commit"], found["tree"], found["release_tag"], committed_seconds=""), context)


def name_try(tag: str, number: int) -> str:
    """The tag of the first release of some files, or of a later one: `v1.2.3`, `v1.2.3-2`, `v1.2.3-rc.2`."""
    if number == 1:
        return tag
    return f"{tag}{'.' if '-' in tag else '-'}{number}"
