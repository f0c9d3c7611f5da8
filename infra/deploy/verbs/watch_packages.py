"""watch-packages: says which packages of the lock and of the image have known weaknesses; findings become an issue.

The lock is the whole one, with the tools that build and deploy. The image is the one that was built from this
checkout's files: on `main` it is what production runs, or soon will. `infra/accepted-weaknesses.txt` lists what is
accepted for a while.
"""

import argparse
import subprocess
import sys
from datetime import date
from pathlib import Path

from infra.deploy.artifact_analysis import list_findings
from infra.deploy.checkout import git
from infra.deploy.context import Context
from infra.deploy.environments import ROOT, add_place_arguments, find_place
from infra.deploy.errors import DeployError
from infra.deploy.github import GitHub
from infra.deploy.issues import close, find_issue, keep_open
from infra.deploy.registry import Repository, find_digest
from infra.deploy.telegram_notice import Notice, send_notice
from infra.deploy.weaknesses import (
    Accepted,
    Weakness,
    is_urgent,
    read_accepted,
    read_audit,
    read_occurrences,
    write_table,
)

HELP = "Say which packages of the lock and of the image have known weaknesses, and keep an issue open for them."
TITLE = "Packages with known weaknesses"
BODY = """\
{findings}

A newer version mends each of these, or nobody could look. `docs/delivery.md`, “Packages”, says what to do. The nightly
workflow closes this issue when nothing is left of it.
"""
ACCEPTED = Path("infra/accepted-weaknesses.txt")
LOCK = Path("requirements-dev.txt")
AUDIT = ("--strict", "--require-hashes", "--disable-pip", "--progress-spinner=off", "--format=json")
LINES_MAX = 100
"""Of an issue, which has 65,536 characters; the job's page has all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    parser.add_argument("--folder", type=Path, default=ROOT, help="the checkout; default: this one")


def run(args: argparse.Namespace, context: Context) -> int:
    """Returns 1 if something needs a person, else 0. An image that nobody could look at is a finding, too."""
    today = context.clock.now().date()
    accepted = read_accepted((args.folder / ACCEPTED).read_text(encoding="utf-8"), today)
    found, trouble = audit_lock(args.folder), []
    try:
        found += look_at_image(args, context)
    except DeployError as error:
        trouble.append(f"the image: {error}")
        context.say(trouble[0])
    for line in write_table(found, accepted, today):
        context.say(line)
        write_summary(context, line)
    urgent = [*trouble, *list_urgent(found, accepted, today)]
    with GitHub(context) as github:
        if keep_issue(github, urgent):
            send_notice(context, Notice(TITLE, result="to be looked at", details=tuple(urgent[:10])))
    return 1 if urgent else 0


def list_urgent(found: list[Weakness], accepted: dict[str, Accepted], today: date) -> list[str]:
    """A line for each weakness that needs a person."""
    return [
        f"{each.package} {each.version} ({each.where}): {each.id}, {each.severity.lower()}, mended in {each.fixed_in}"
        for each in found
        if is_urgent(each, accepted, today)
    ]


def audit_lock(folder: Path) -> list[Weakness]:
    """What pip-audit finds in the lock. Raises DeployError if it could not look."""
    program = Path(sys.executable).with_name("pip-audit")
    command = [str(program), *AUDIT, f"--requirement={folder / LOCK}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise DeployError(f"pip-audit: {error.strerror}") from error
    if not done.stdout.strip():
        raise DeployError(f"pip-audit ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return read_audit(done.stdout)


def look_at_image(args: argparse.Namespace, context: Context) -> list[Weakness]:
    """What Artifact Analysis finds in the image of these files. Raises DeployError."""
    repository = Repository.of(find_place(args, context))
    tree = git(args.folder, "rev-parse", "HEAD^{tree}")
    digest = find_digest(repository, f"tree-{tree}", context)
    if digest is None:
        context.say("skipped: no image was built from these files yet")
        return []
    return read_occurrences(list_findings(repository, digest, context))


def keep_issue(github: GitHub, urgent: list[str]) -> bool:
    """Keep one issue open while something is urgent; returns whether it differs from that of the last night."""
    if not urgent:
        close(github, TITLE)
        return False
    known = find_issue(github, TITLE)
    body = BODY.format(findings="\n".join(f"- {line}" for line in urgent[:LINES_MAX]))
    keep_open(github, TITLE, body)
    return known is None or known["body"] != body


def write_summary(context: Context, line: str) -> None:
    """Add a line to the job's page on GitHub; nothing outside a workflow."""
    path = context.environment.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
