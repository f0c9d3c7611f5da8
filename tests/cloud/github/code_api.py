"""Endpoints for code: refs, commits, trees, tags, comparisons, merges, checks."""

from tests.cloud.github.asking import Answer, Asked, Listed, endpoint
from tests.cloud.github.errors import Json, Refusal, missing, require, require_known
from tests.cloud.github.git import MergeConflictError
from tests.cloud.github.merging import show_pull
from tests.cloud.github.state import State


def show_ref(state: State, name: str) -> Json:
    sha = state.git.refs[name]
    return {"ref": f"refs/{name}", "object": {"sha": sha, "type": "tag" if sha in state.git.tags else "commit"}}


@endpoint("GET", "/git/ref/{name+}", "contents")
def get_ref(asked: Asked) -> Answer:
    if asked.parts["name"] not in asked.state.git.refs:
        raise missing()
    return 200, show_ref(asked.state, asked.parts["name"])


@endpoint("POST", "/git/refs", "contents")
def make_ref(asked: Asked) -> Answer:
    require(asked.body, "Reference", ref=str, sha=str)
    require_known(asked.body, "ref", "sha")
    git, ref, sha = asked.state.git, asked.body["ref"], asked.body["sha"]
    if not ref.startswith("refs/") or ref.count("/") < 2:
        raise Refusal(422, "Reference name must contain at least three slash-separated components.")
    if sha not in git.commits and sha not in git.tags:
        raise Refusal(422, "Object does not exist")
    name = ref.removeprefix("refs/")
    if name in git.refs:
        raise Refusal(422, "Reference already exists")
    asked.state.set_branch(name, sha, asked.actor)
    return 201, show_ref(asked.state, name)


@endpoint("PATCH", "/git/refs/{name+}", "contents")
def move_ref(asked: Asked) -> Answer:
    require(asked.body, "Reference", sha=str)
    require_known(asked.body, "sha", "force")
    name = asked.parts["name"]
    if name not in asked.state.git.refs:
        raise Refusal(422, "Reference does not exist")
    if asked.body["sha"] not in asked.state.git.commits:
        raise Refusal(422, "Object does not exist")
    asked.state.move(name, asked.body["sha"], asked.actor, force=bool(asked.body.get("force")))
    return 200, show_ref(asked.state, name)


@endpoint("GET", "/git/commits/{sha}", "contents")
def get_git_commit(asked: Asked) -> Answer:
    commit = asked.state.git.commits.get(asked.parts["sha"])
    if commit is None:
        raise missing()
    return 200, commit.to_git_json()


@endpoint("POST", "/git/trees", "contents")
def make_tree(asked: Asked) -> Answer:
    require(asked.body, "Tree", base_tree=str, tree=list)
    require_known(asked.body, "base_tree", "tree")
    for entry in asked.body["tree"]:
        require(entry, "Tree", path=str, mode=str, type=str, content=str)
        require_known(entry, "path", "mode", "type", "content")
    changed = {entry["path"]: entry["content"] for entry in asked.body["tree"]}
    return 201, {"sha": asked.state.git.add_tree(asked.body["base_tree"], changed)}


@endpoint("POST", "/git/commits", "contents")
def make_git_commit(asked: Asked) -> Answer:
    require(asked.body, "Commit", message=str, tree=str, parents=list)
    require_known(asked.body, "message", "tree", "parents", "author", "committer")
    git = asked.state.git
    if asked.body["tree"] not in git.trees or not set(asked.body["parents"]) <= set(git.commits):
        raise Refusal(422, "Object does not exist")
    commit = git.add(git.trees[asked.body["tree"]], tuple(asked.body["parents"]), asked.body["message"])
    return 201, commit.to_git_json()


@endpoint("GET", "/commits", "contents")
def list_commits(asked: Asked) -> Answer:
    start = asked.state.git.resolve(asked.query.get("sha", "main"))
    return 200, Listed([commit.to_json() for commit in asked.state.git.ancestors(start.sha)])


@endpoint("GET", "/commits/{sha}/pulls", "pull_requests")
def list_pulls_of_commit(asked: Asked) -> Answer:
    state, sha = asked.state, asked.state.git.resolve(asked.parts["sha"]).sha
    found = [pull for pull in state.pulls.values() if sha in {pull.merge_commit_sha, pull.head_sha}]
    return 200, Listed([show_pull(state, pull, in_full=False) for pull in found])


@endpoint("GET", "/commits/{sha}/check-runs", "checks")
def list_check_runs(asked: Asked) -> Answer:
    sha = asked.state.git.resolve(asked.parts["sha"]).sha
    runs = [
        {
            "name": check.name,
            "status": "completed" if check.conclusion else "in_progress",
            "conclusion": check.conclusion,
            "app": {"id": check.app_id},
        }
        for check in asked.state.checks.get(sha, [])
    ]
    return 200, Listed(list(runs), "check_runs", {"total_count": len(runs)})


@endpoint("GET", "/compare/{base+}...{head+}", "contents")
def compare(asked: Asked) -> Answer:
    git = asked.state.git
    base, head = git.resolve(asked.parts["base"]), git.resolve(asked.parts["head"])
    ahead, behind = git.ahead(base.sha, head.sha), git.ahead(head.sha, base.sha)
    words = {(False, False): "identical", (True, False): "ahead", (False, True): "behind", (True, True): "diverged"}
    around = {
        "status": words[bool(ahead), bool(behind)],
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
    }
    return 200, Listed([commit.to_json() for commit in ahead], "commits", around)


@endpoint("POST", "/merges", "contents")
def merge_branches(asked: Asked) -> Answer:
    require(asked.body, "Merge", base=str, head=str)
    require_known(asked.body, "base", "head", "commit_message")
    git = asked.state.git
    base, head = git.resolve(asked.body["base"]), git.resolve(asked.body["head"])
    if git.contains(base.sha, head.sha):
        return 204, None
    try:
        files = git.merged_files(base.sha, head.sha)
    except MergeConflictError:
        raise Refusal(409, "Merge conflict") from None
    commit = git.add(files, (base.sha, head.sha), asked.body.get("commit_message", "Merge"))
    asked.state.move(f"heads/{asked.body['base']}", commit.sha, asked.actor)
    return 201, commit.to_json()


@endpoint("POST", "/git/tags", "contents")
def make_tag(asked: Asked) -> Answer:
    require(asked.body, "Tag", tag=str, message=str, object=str, type=str)
    require_known(asked.body, "tag", "message", "object", "type", "tagger")
    if asked.body["object"] not in asked.state.git.commits:
        raise Refusal(422, "Object does not exist")
    tag = asked.state.git.add_tag(asked.body["tag"], asked.body["message"], asked.body["object"])
    return 201, {"sha": tag.sha, "tag": tag.name, "message": tag.message, "object": {"sha": tag.commit}}


@endpoint("GET", "/tags", "contents")
def list_tags(asked: Asked) -> Answer:
    git = asked.state.git
    names = sorted(ref.removeprefix("tags/") for ref in git.refs if ref.startswith("tags/"))
    return 200, Listed([{"name": name, "commit": {"sha": git.resolve(name).sha}} for name in names])
