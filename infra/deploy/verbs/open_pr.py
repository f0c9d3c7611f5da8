"""open-pr: open the pull request of a pushed work branch."""

import argparse

from infra.deploy.branches import choose_base
from infra.deploy.context import Context
from infra.deploy.github import GitHub
from infra.deploy.outputs import write_outputs
from infra.deploy.pulls import Draft, Json, compare, find_head, find_last_pull, find_open_pull, open_pull, read_tree

HELP = "Open the pull request of a work branch: feature/ and fix/ to staging, hotfix/ to main."
UNFINISHED = ("wip", "draft", "fixup!", "squash!")
"""If the newest commit's subject begins like this, the pull request is a draft, which is not merged automatically."""
BODY = """\
Opened by the push to `{head}`. {fate}

{commits}
"""
MERGES = (
    "It merges by itself when the checks are green, unless it changes what builds and deploys; "
    "make it a draft to keep it open."
)
DRAFT = "A draft, as the newest commit is unfinished: press “Ready for review” to let it merge by itself."
APPROVAL = "It goes to production: two people have to approve it, and one of them merges it."
COMMITS_SHOWN_MAX = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--branch", help="default: GITHUB_REF_NAME")
    parser.add_argument("--base", help="default: by the branch's name")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the outputs `number` and `url` if there is an open pull request."""
    branch = args.branch or context.require("GITHUB_REF_NAME")
    base = args.base or choose_base(branch)
    with GitHub(context) as github:
        pull = find_open_pull(github, branch)
        if pull is None:
            reason = find_reason_against(github, branch, base)
            if reason:
                context.say(f"{branch}: no pull request, {reason}")
                return 0
            pull = open_pull(github, write_draft(github, branch, base))
    if pull is not None:
        context.say(f"{branch}: pull request {pull['number']} to {pull['base']['ref']}, {pull['html_url']}")
        write_outputs(context, number=pull["number"], url=pull["html_url"])
    return 0


def find_reason_against(github: GitHub, branch: str, base: str) -> str:
    """The reason not to open a pull request; empty if there is none."""
    head, base_head = find_head(github, branch), find_head(github, base)
    if head is None:
        return "the branch is gone"
    if base_head is None:
        return f"there is no branch {base}"
    # After a squash merge the branch still has commits of its own, but the same files.
    if compare(github, base, branch)["ahead_by"] == 0 or read_tree(github, head) == read_tree(github, base_head):
        return f"it does not differ from {base}"
    last = find_last_pull(github, branch, base)
    if last is not None and last["head"]["sha"] == head:
        return f"pull request {last['number']} was closed with these very commits"
    return ""


def write_draft(github: GitHub, branch: str, base: str) -> Draft:
    """The draft: its title from the first commit, or from the branch's name if no subject is usable."""
    commits = compare(github, base, branch)["commits"]
    subjects = [read_subject(commit) for commit in commits]
    is_draft = is_unfinished(subjects[-1])
    fate = DRAFT if is_draft else APPROVAL if base == "main" else MERGES
    listed = "\n".join(f"- {subject}" for subject in subjects[:COMMITS_SHOWN_MAX])
    return Draft(
        head=branch,
        base=base,
        title=choose_title(branch, subjects),
        body=BODY.format(head=branch, fate=fate, commits=listed),
        is_draft=is_draft,
    )


def read_subject(commit: Json) -> str:
    return str(commit["commit"]["message"]).partition("\n")[0].strip()


def is_unfinished(subject: str) -> bool:
    return subject.lower().startswith(UNFINISHED)


def choose_title(branch: str, subjects: list[str]) -> str:
    """The first usable subject; otherwise from the branch: `feature/voice-notes` → `Voice notes`."""
    for subject in subjects:
        if subject and not is_unfinished(subject):
            return subject
    words = branch.partition("/")[2].replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
