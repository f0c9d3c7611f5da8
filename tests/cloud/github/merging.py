"""Whether a pull request may merge, and merging it: https://docs.github.com/en/rest/pulls/pulls."""

import fnmatch

from tests.cloud.github.errors import Json, Refusal
from tests.cloud.github.git import Commit, MergeConflictError, stamp
from tests.cloud.github.state import REPOSITORY, Actor, Check, Pull, State

PASSED = {"success", "neutral", "skipped"}


def find_conflict(state: State, pull: Pull) -> bool:
    try:
        state.git.merged_files(state.git.resolve(pull.base).sha, pull.head_sha)
    except MergeConflictError:
        return True
    return False


def judge(state: State, pull: Pull) -> str:
    """GitHub's `mergeable_state`."""
    if pull.draft:
        return "draft"
    if find_conflict(state, pull):
        return "dirty"
    rules = state.rules_for(f"refs/heads/{pull.base}")
    base = state.git.resolve(pull.base).sha
    if rules.get("required_status_checks", {}).get("strict_required_status_checks_policy") and not state.git.contains(
        pull.head_sha, base
    ):
        return "behind"
    if lacking(state, pull, rules):
        return "blocked"
    checks = state.checks.get(pull.head_sha, [])
    return "unstable" if any(check.conclusion not in PASSED for check in checks) else "clean"


def lacking(state: State, pull: Pull, rules: dict[str, Json]) -> list[str]:
    """What the rules of the base still wait for."""
    wanted = rules.get("required_status_checks", {}).get("required_status_checks", [])
    checks = state.checks.get(pull.head_sha, [])
    missing = [each["context"] for each in wanted if not any(satisfies(check, each) for check in checks)]
    review = rules.get("pull_request", {})
    agreed = pull.approvals - {pull.author}
    if len(agreed) < review.get("required_approving_review_count", 0):
        missing.append("approval")
    if review.get("require_last_push_approval") and not agreed - {pull.pusher}:
        missing.append("approval of the last push by somebody else")
    if review.get("require_code_owner_review"):
        missing += [f"a code owner of {name}" for name, owners in owned_files(state, pull) if not agreed & owners]
    return missing


def owned_files(state: State, pull: Pull) -> list[tuple[str, set[str]]]:
    """The changed files with owners, as CODEOWNERS of the base names them: of several lines the last one counts."""
    lines = state.git.resolve(pull.base).files.get(".github/CODEOWNERS", "").splitlines()
    rows = [(row[0], {name.removeprefix("@") for name in row[1:]}) for row in (each.split() for each in lines) if row]
    found = []
    for change in changed_files(state, pull):
        owners = [names for pattern, names in rows if means(pattern, f"/{change['filename']}")]
        found += [(change["filename"], owners[-1])] if owners else []
    return found


def means(pattern: str, path: str) -> bool:
    """Whether a line of CODEOWNERS is about a file: a `*` stops at a slash, and without a slash it is any folder's."""
    if pattern.endswith("/"):
        return path.startswith(pattern)
    found = path if pattern.startswith("/") else path.rpartition("/")[2]
    return fnmatch.fnmatchcase(found, pattern) and found.count("/") == pattern.count("/")


def changed_files(state: State, pull: Pull) -> list[Json]:
    """What a pull request changes since it left its base; a file with the same text elsewhere was renamed."""
    head = state.git.resolve(pull.head_sha)
    old, new = state.git.merge_base(state.git.resolve(pull.base).sha, head.sha).files, head.files
    gone = {text: name for name, text in old.items() if name not in new}
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    renamed = {name: gone[new[name]] for name in changed if name not in old and new.get(name) in gone}
    return [
        {"filename": name} | ({"status": "renamed", "previous_filename": renamed[name]} if name in renamed else {})
        for name in changed
        if name not in renamed.values()
    ]


def satisfies(check: Check, wanted: Json) -> bool:
    is_right = wanted.get("integration_id") in {None, check.app_id}
    return check.name == wanted["context"] and check.conclusion in PASSED and is_right


def merge(state: State, pull: Pull, actor: Actor, method: str, sha: str | None = None) -> Commit:
    """Merge it. Raises Refusal 405 where it may not be, 409 where it has changed."""
    if pull.state != "open":
        raise Refusal(405, "Pull Request is not mergeable")
    if sha is not None and sha != pull.head_sha:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    standing = judge(state, pull)
    if standing in {"dirty", "draft"}:
        raise Refusal(405, "Pull Request is not mergeable")
    allowed = state.rules_for(f"refs/heads/{pull.base}").get("pull_request", {}).get("allowed_merge_methods")
    if standing in {"blocked", "behind"} or (allowed and method not in allowed):
        raise Refusal(405, "Repository rule violations found")
    setting = {"merge": "allow_merge_commit", "squash": "allow_squash_merge"}.get(method)
    if setting is None or not state.settings[setting]:
        raise Refusal(405, f"{method} merges are not allowed on this repository.")
    return finish(state, pull, actor, method)


def finish(state: State, pull: Pull, actor: Actor, method: str) -> Commit:
    """Write the commit, move the base, close the pull request, drop its branch where that is the setting."""
    base = state.git.resolve(pull.base)
    files = state.git.merged_files(base.sha, pull.head_sha)
    parents, words = (base.sha, pull.head_sha), f"Merge pull request #{pull.number} from {pull.head}\n\n{pull.title}"
    if method == "squash":
        parents, words = (base.sha,), f"{pull.title} (#{pull.number})"  # type: ignore[assignment]
    commit = state.git.add(files, parents, words)
    pull.state, pull.merged_at, pull.updated_at = "closed", state.now(), state.now()
    pull.merge_commit_sha, pull.auto_merge = commit.sha, None
    state.set_branch(f"heads/{pull.base}", commit.sha, actor)
    state.note("pull_request.closed", pull.number, actor)
    if state.settings["delete_branch_on_merge"] and "deletion" not in state.rules_for(f"refs/heads/{pull.head}"):
        state.git.refs.pop(f"heads/{pull.head}", None)
    return commit


def arm(state: State, pull: Pull, actor: Actor, method: str) -> None:
    """Switch native auto-merge on. Raises Refusal with the words GitHub's GraphQL has for it."""
    if not state.settings["allow_auto_merge"]:
        raise Refusal(422, "Pull request Auto merge is not allowed for this repository")
    if not state.rules_for(f"refs/heads/{pull.base}"):
        raise Refusal(422, "Pull request Protected branch rules not configured for this branch")
    standing = judge(state, pull)
    if pull.state != "open" or standing in {"clean", "unstable", "dirty", "draft"}:
        raise Refusal(422, f"Pull request Pull request is in {standing} status")
    pull.auto_merge = (actor, method)


def settle_auto_merges(state: State) -> None:
    """Merge whatever is armed and has nothing left to wait for."""
    for pull in list(state.pulls.values()):
        if pull.state == "open" and pull.auto_merge and judge(state, pull) in {"clean", "unstable"}:
            actor, method = pull.auto_merge
            merge(state, pull, actor, method)


def show_pull(state: State, pull: Pull, *, in_full: bool = True) -> Json:
    """The pull request as REST shows it; a list lacks what costs GitHub time."""
    base = state.git.refs.get(f"heads/{pull.base}", "")
    found: Json = {
        "number": pull.number,
        "node_id": f"PR_{pull.number}",
        "html_url": f"https://github.com/{REPOSITORY}/pull/{pull.number}",
        "state": pull.state,
        "title": pull.title,
        "body": pull.body,
        "draft": pull.draft,
        "user": {"login": pull.author},
        "head": {"ref": pull.head, "sha": pull.head_sha, "repo": {"full_name": pull.fork or REPOSITORY}},
        "base": {"ref": pull.base, "sha": base, "repo": {"full_name": REPOSITORY}},
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.updated_at),
        "merged_at": stamp(pull.merged_at) if pull.merged_at else None,
        "merge_commit_sha": pull.merge_commit_sha,
        "auto_merge": {"merge_method": pull.auto_merge[1]} if pull.auto_merge else None,
    }
    return found | (show_judgement(state, pull) if in_full else {})


def show_judgement(state: State, pull: Pull) -> Json:
    """`mergeable` is null until GitHub has worked it out in the background."""
    if pull.state != "open":
        return {"merged": pull.merged_at is not None, "mergeable": None, "mergeable_state": "unknown"}
    if pull.unjudged_reads > 0:
        pull.unjudged_reads -= 1
        return {"merged": False, "mergeable": None, "mergeable_state": "unknown"}
    return {"merged": False, "mergeable": not find_conflict(state, pull), "mergeable_state": judge(state, pull)}
