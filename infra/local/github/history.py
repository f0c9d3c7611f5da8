"""The commits behind the versions, as GitHub shows them: who wrote, opened and pushed what."""

from starlette.requests import Request

from infra.local.github.repository import APP, DEVELOPER, Json, Person, Repository, Version

STAGING = "staging"
FILES = ("shared/texts/en.ftl", "shared/texts/ru.ftl", "requirements.txt")
"""What each version has changed, for the risks on its card."""
TITLES = {
    "": "Voice answers in the chat",
    "canary": "Faster pictures, with a fault that a rollout finds",
    "later": "Shorter videos, with a fault that people find",
}
"""By the version's flaw."""


def find_commit(repository: Repository, commit: str) -> Json | None:
    """One commit; None: there is none."""
    found = next((version for version in repository.versions.values() if version.commit == commit), None)
    return None if found is None else _show_commit(found)


def compare(repository: Repository, base: str, head: str) -> Json | None:
    """What the head has and the base has not; None: one of them is not there."""
    versions = list(repository.versions.values())
    commits = [version.commit for version in versions]
    if base not in commits or head not in commits:
        return None
    between = versions[commits.index(base) + 1 : commits.index(head) + 1]
    files = [{"filename": name} for name in FILES] if between else []
    return {"commits": [_show_commit(version) for version in between], "total_commits": len(between), "files": files}


def list_pulls(repository: Repository, commit: str) -> list[Json]:
    """The pull request that brought a commit."""
    found = next((version for version in repository.versions.values() if version.commit == commit), None)
    if found is None:
        return []
    about = {"number": list(repository.versions).index(found.tag) + 1, "title": TITLES[found.flaw]}
    refs = {"head": {"ref": _branch_of(found)}, "base": {"ref": STAGING}}
    return [{**about, **refs, "user": _show(DEVELOPER), "merged_at": "2026-11-30T09:00:00Z"}]


def list_activity(repository: Repository, ref: str) -> list[Json]:
    """The pushes to a branch: the developer's to their own, the App's merges to the common one."""
    common, versions = ref == f"refs/heads/{STAGING}", repository.versions.values()
    wanted = [version for version in versions if common or ref == f"refs/heads/{_branch_of(version)}"]
    actor = APP if common else DEVELOPER
    return [{"ref": ref, "after": version.commit, "actor": _show(actor)} for version in wanted]


def read_pair(request: Request) -> tuple[str, str]:
    """Base and head of a comparison."""
    base, _, head = request.path_params["pair"].partition("...")
    return base, head


def _branch_of(version: Version) -> str:
    return f"feature/{version.tag}"


def _show_commit(version: Version) -> Json:
    return {"sha": version.commit, "author": _show(DEVELOPER), "committer": _show(DEVELOPER)}


def _show(person: Person) -> Json:
    return {"id": person.id, "login": person.login}
