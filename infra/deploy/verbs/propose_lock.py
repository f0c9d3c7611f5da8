"""propose-lock: open a pull request, for review, with the locks that `make lock` and `make lock-providers` changed."""

import argparse
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.deploy.branches import STAGING
from infra.deploy.checkout import git
from infra.deploy.context import Context
from infra.deploy.environments import ROOT
from infra.deploy.errors import DeployError
from infra.deploy.github import GitHub, find_or_make
from infra.deploy.outputs import write_outputs
from infra.deploy.pulls import Draft, find_head, open_pull, read_tree

HELP = "Propose the renewed locks of this checkout as a draft pull request to staging."
TITLE = "Renew the locks"
BODY = """\
The newest versions that `requirements*.in` and Terraform's constraints allow, hashed. A draft, because nothing renewed
merges by itself: start the workflow `ci` on `{branch}` for the full check, read the changes of what matters, then press
“Ready for review”.

{changes}
"""
LOCKS = ("requirements*.txt", "terraform/*/*/.terraform.lock.hcl")
PIN = re.compile(r"^([a-z0-9][^\s;=]*)==([^\s;\\]+)", re.MULTILINE)
PROVIDER = re.compile(r'^provider "[^"/]+/([^"]+)" \{\n\s+version\s+= "([^"]+)"', re.MULTILINE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=ROOT, help="the checkout; default: this one")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the outputs `number` and `url` of the pull request; none if nothing changed."""
    renewed = read_renewed(args.folder)
    if not renewed:
        context.say("nothing is newer than the lock")
        return 0
    changes = list_changes({name: read_committed(args.folder, name) for name in renewed}, renewed)
    branch = f"renew/lock-{context.clock.now():%Y-%m}"
    if context.dry_run:
        context.say("\n".join([f"would propose on {branch}:", *changes]))
        return 0
    with GitHub(context) as github:
        find_or_make(lambda: find_head(github, branch), lambda: push(github, branch, renewed))
        body = BODY.format(branch=branch, changes="\n".join(f"- {change}" for change in changes))
        pull = open_pull(github, Draft(branch, STAGING, TITLE, body, is_draft=True))
    if pull is not None:
        context.say(f"{branch}: pull request {pull['number']}, {pull['html_url']}")
        write_outputs(context, number=pull["number"], url=pull["html_url"])
    return 0


def read_renewed(folder: Path) -> dict[str, str]:
    """The lock files that differ from the checked-out commit, or are new: name → text."""
    changed = git(folder, "diff", "--name-only", "HEAD", "--", *LOCKS).split()
    made = git(folder, "ls-files", "--others", "--exclude-standard", "--", *LOCKS).split()
    return {name: (folder / name).read_text(encoding="utf-8") for name in (*changed, *made)}


def read_committed(folder: Path, name: str) -> str:
    """The file in the checked-out commit; empty if that has none."""
    return git(folder, "show", f"HEAD:{name}") if git(folder, "ls-tree", "HEAD", "--", name) else ""


def list_changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """`google-genai 3.4.0 → 3.6.1`, each package once, from all lock files."""
    return sorted({change for name in after for change in compare(before[name], after[name])})


def compare(before: str, after: str) -> Iterator[str]:
    old, new = read_pins(before), read_pins(after)
    for package in old.keys() | new.keys():
        if old.get(package) != new.get(package):
            yield f"{package} {old.get(package, '(new)')} → {new.get(package, '(gone)')}"


def read_pins(text: str) -> dict[str, str]:
    """Package or provider → version, of a lock of pip's or of Terraform's."""
    return dict(PIN.findall(text) + PROVIDER.findall(text))


def push(github: GitHub, branch: str, files: Mapping[str, str]) -> str:
    """Create one commit on top of staging by GitHub's API; returns its hash. Raises DeployError."""
    base = find_head(github, STAGING)
    if base is None:
        raise DeployError(f"there is no branch {STAGING}")
    entries = [{"path": name, "mode": "100644", "type": "blob", "content": text} for name, text in files.items()]
    tree = github.change("POST", "/git/trees", {"base_tree": read_tree(github, base), "tree": entries})
    body = {"message": TITLE, "tree": tree["sha"], "parents": [base]}
    commit = github.change("POST", "/git/commits", body)
    github.change("POST", "/git/refs", {"ref": f"refs/heads/{branch}", "sha": commit["sha"]})
    return str(commit["sha"])
