"""As much of git as GitHub's answers need: files, trees, commits, branches, tags, merges."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.cloud.github.errors import Json, missing

Files = Mapping[str, str]


class MergeConflictError(Exception):
    """Both sides changed the same file, each in its own way."""


@dataclass(frozen=True)
class Commit:
    sha: str
    files: Files
    parents: tuple[str, ...]
    message: str
    at: datetime
    author: str = "Ada"

    @property
    def tree(self) -> str:
        return hash_of(sorted(self.files.items()))

    def to_json(self) -> Json:
        person = {"name": self.author, "email": "ada@example.com", "date": stamp(self.at)}
        return {
            "sha": self.sha,
            "commit": {"message": self.message, "author": person, "committer": person, "tree": {"sha": self.tree}},
            "parents": [{"sha": parent} for parent in self.parents],
        }

    def to_git_json(self) -> Json:
        return {
            "sha": self.sha,
            "tree": {"sha": self.tree},
            "message": self.message,
            "parents": [{"sha": parent} for parent in self.parents],
        }


@dataclass(frozen=True)
class Tag:
    """An annotated tag: an object of its own that points at a commit."""

    sha: str
    name: str
    message: str
    commit: str


@dataclass
class Git:
    """One repository. `refs` are names such as `heads/main` and `tags/v1`, to the sha of a commit or tag."""

    now: Callable[[], datetime]
    commits: dict[str, Commit] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)
    trees: dict[str, Files] = field(default_factory=dict)
    """Made by themselves, for a commit to come."""
    refs: dict[str, str] = field(default_factory=dict)

    def add(self, files: Files, parents: tuple[str, ...], message: str, author: str = "Ada") -> Commit:
        sha = hash_of([sorted(files.items()), parents, message, len(self.commits)])
        self.commits[sha] = Commit(sha, dict(files), parents, message, self.now(), author)
        return self.commits[sha]

    def add_tree(self, base: str, changed: Files) -> str:
        """The hash of a tree that is another commit's with some files changed. Raises Refusal 404."""
        found = next((commit.files for commit in self.commits.values() if commit.tree == base), None)
        if found is None:
            raise missing()
        files = {**found, **changed}
        sha = hash_of(sorted(files.items()))
        self.trees[sha] = files
        return sha

    def add_tag(self, name: str, message: str, commit: str) -> Tag:
        sha = hash_of(["tag", name, message, commit, len(self.tags)])
        self.tags[sha] = Tag(sha, name, message, commit)
        return self.tags[sha]

    def resolve(self, name: str) -> Commit:
        """The commit of a branch, a tag or a (whole) sha. Raises Refusal 404."""
        sha = self.refs.get(f"heads/{name}") or self.refs.get(f"tags/{name}") or name
        found = self.commits.get(self.tags[sha].commit if sha in self.tags else sha)
        if found is None:
            raise missing()
        return found

    def ancestors(self, sha: str) -> Iterator[Commit]:
        """The commit and all before it, the newest first."""
        waiting, seen = [sha], {sha}
        while waiting:
            waiting.sort(key=list(self.commits).index)
            commit = self.commits[waiting.pop()]
            yield commit
            new = [parent for parent in commit.parents if parent not in seen]
            seen.update(new)
            waiting.extend(new)

    def contains(self, sha: str, ancestor: str) -> bool:
        return any(commit.sha == ancestor for commit in self.ancestors(sha))

    def ahead(self, base: str, head: str) -> list[Commit]:
        """What `head` has and `base` has not, the oldest first."""
        known = {commit.sha for commit in self.ancestors(base)}
        return [commit for commit in self.ancestors(head) if commit.sha not in known][::-1]

    def merge_base(self, one: str, other: str) -> Commit:
        known = {commit.sha for commit in self.ancestors(one)}
        return next(commit for commit in self.ancestors(other) if commit.sha in known)

    def merged_files(self, base: str, head: str) -> Files:
        """The files of a merge, file by file. Raises MergeConflictError."""
        old, ours, theirs = (
            commit.files for commit in (self.merge_base(base, head), self.commits[base], self.commits[head])
        )
        merged: dict[str, str] = {}
        for name in sorted({*old, *ours, *theirs}):
            before, mine, yours = old.get(name), ours.get(name), theirs.get(name)
            if mine != yours and before not in {mine, yours}:
                raise MergeConflictError(name)
            after = yours if mine == before else mine
            if after is not None:
                merged[name] = after
        return merged


def hash_of(value: object) -> str:
    return hashlib.sha1(json.dumps(value).encode()).hexdigest()  # noqa: S324 — git's own


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
