"""Endpoints for pull requests and their comments, and the two GraphQL mutations."""

from datetime import datetime

from tests.cloud.github import merging
from tests.cloud.github.asking import Answer, Asked, Listed, endpoint
from tests.cloud.github.errors import Json, Refusal, invalid, missing, require, require_known
from tests.cloud.github.state import OWNER, Pull, State

METHODS = {"MERGE", "SQUASH", "REBASE"}


@endpoint("GET", "/pulls", "pull_requests")
def list_pulls(asked: Asked) -> Answer:
    query, state = asked.query, asked.state
    if ":" not in query.get("head", ":"):
        raise Refusal(422, "head is user:branch")
    found = [pull for pull in state.pulls.values() if matches(pull, query)]
    found.sort(key=lambda pull: (age(pull, query), pull.number), reverse=query.get("direction", "desc") == "desc")
    return 200, Listed([merging.show_pull(state, pull, in_full=False) for pull in found])


def age(pull: Pull, query: dict[str, str]) -> datetime:
    return pull.updated_at if query.get("sort") == "updated" else pull.created_at


def matches(pull: Pull, query: dict[str, str]) -> bool:
    owner = pull.fork.partition("/")[0] if pull.fork else OWNER
    return (
        query.get("state", "open") in {"all", pull.state}
        and query.get("head", f"{owner}:{pull.head}") == f"{owner}:{pull.head}"
        and query.get("base", pull.base) == pull.base
    )


@endpoint("POST", "/pulls", "pull_requests")
def make_pull(asked: Asked) -> Answer:
    require(asked.body, "PullRequest", title=str, head=str, base=str)
    require_known(asked.body, "title", "head", "base", "body", "draft", "maintainer_can_modify")
    state, head, base = asked.state, asked.body["head"], asked.body["base"]
    if len(asked.body["title"]) > 256:
        raise invalid("PullRequest", "title is too long (maximum is 256 characters)")
    for field, name in (("head", head), ("base", base)):
        if f"heads/{name}" not in state.git.refs:
            raise invalid("PullRequest", f"{field} is not a branch", "invalid", field)
    if any(
        pull.state == "open" and (pull.head, pull.base, pull.fork) == (head, base, None)
        for pull in state.pulls.values()
    ):
        raise invalid("PullRequest", f"A pull request already exists for {OWNER}:{head}.")
    if not state.git.ahead(state.git.resolve(base).sha, state.git.resolve(head).sha):
        raise invalid("PullRequest", f"No commits between {base} and {head}")
    pull = add_pull(asked, head, base)
    shown = merging.show_pull(state, pull)
    pull.unjudged_reads = state.unjudged_reads
    return 201, shown


def add_pull(asked: Asked, head: str, base: str) -> Pull:
    state, now = asked.state, asked.state.now()
    pull = Pull(
        number=state.next_number(),
        head=head,
        base=base,
        title=asked.body["title"],
        body=asked.body.get("body") or "",
        author=asked.actor.login,
        created_at=now,
        updated_at=now,
        head_sha=state.git.resolve(head).sha,
        pusher=state.pushers.get(state.git.resolve(head).sha, ""),
        draft=bool(asked.body.get("draft")),
    )
    state.pulls[pull.number] = pull
    state.note("pull_request.opened", pull.number, asked.actor)
    return pull


@endpoint("GET", "/pulls/{number}", "pull_requests")
def get_pull(asked: Asked) -> Answer:
    return 200, merging.show_pull(asked.state, asked.state.find_pull(asked.parts["number"]))


@endpoint("GET", "/pulls/{number}/files", "pull_requests")
def list_files(asked: Asked) -> Answer:
    return 200, Listed(merging.changed_files(asked.state, asked.state.find_pull(asked.parts["number"])))


@endpoint("PATCH", "/pulls/{number}", "pull_requests")
def change_pull(asked: Asked) -> Answer:
    require_known(asked.body, "title", "body", "state", "base", "maintainer_can_modify")
    pull = asked.state.find_pull(asked.parts["number"])
    pull.title = asked.body.get("title", pull.title)
    pull.body = asked.body.get("body", pull.body).replace("\n", "\r\n")  # as the real one gives it back
    pull.state = asked.body.get("state", pull.state)
    pull.updated_at = asked.state.now()
    asked.state.note("pull_request.edited", pull.number, asked.actor)
    return 200, merging.show_pull(asked.state, pull)


@endpoint("PUT", "/pulls/{number}/merge", "contents")
def merge_pull(asked: Asked) -> Answer:
    require_known(asked.body, "commit_title", "commit_message", "sha", "merge_method")
    pull = asked.state.find_pull(asked.parts["number"])
    method = asked.body.get("merge_method", "merge")
    commit = merging.merge(asked.state, pull, asked.actor, method, asked.body.get("sha"))
    return 200, {"sha": commit.sha, "merged": True, "message": "Pull Request successfully merged"}


@endpoint("GET", "/issues/{number}/comments", "issues")
def list_comments(asked: Asked) -> Answer:
    return 200, Listed(asked.state.comments.get(asked.state.find_pull(asked.parts["number"]).number, []))


@endpoint("POST", "/issues/{number}/comments", "issues")
def comment(asked: Asked) -> Answer:
    require(asked.body, "IssueComment", body=str)
    require_known(asked.body, "body")
    pull = asked.state.find_pull(asked.parts["number"])
    return 201, asked.state.add_comment(pull.number, asked.body["body"], asked.actor)


def run_graphql(asked: Asked) -> Answer:
    """200 whatever comes of it: GraphQL says what is wrong in `errors`."""
    require(asked.body, "GraphQL", query=str)
    try:
        for name, change in (("enablePullRequestAutoMerge", arm), ("disablePullRequestAutoMerge", disarm)):
            if name in asked.body["query"]:
                return 200, {"data": {name: change(asked, asked.body.get("variables", {}))}}
        raise Refusal(422, "This local server knows two mutations only")
    except Refusal as refusal:
        kinds = {403: "FORBIDDEN", 404: "NOT_FOUND"}
        kind = kinds.get(refusal.status, "UNPROCESSABLE")
        path = ["enablePullRequestAutoMerge"]
        return 200, {"data": None, "errors": [{"type": kind, "path": path, "message": refusal.message}]}


def refuse_reader(asked: Asked) -> None:
    allowed = [asked.actor.permissions.get(name) for name in ("contents", "pull_requests")]
    if allowed != ["write", "write"]:
        raise Refusal(403, "Resource not accessible by integration")


def disarm(asked: Asked, variables: Json) -> Json:
    refuse_reader(asked)
    pull = find_by_node(asked.state, str(variables.get("pull")))
    pull.auto_merge = None
    return {"pullRequest": {"number": pull.number}}


def arm(asked: Asked, variables: Json) -> Json:
    refuse_reader(asked)
    pull = find_by_node(asked.state, str(variables.get("pull")))
    if variables.get("method") not in METHODS:
        raise Refusal(422, "Variable $method of type PullRequestMergeMethod! was provided invalid value")
    if variables.get("head") not in {None, pull.head_sha}:
        raise Refusal(422, "Head sha didn't match expected head sha")
    merging.arm(asked.state, pull, asked.actor, variables["method"].lower())
    return {"pullRequest": {"number": pull.number}}


def find_by_node(state: State, node_id: str) -> Pull:
    if not node_id.startswith("PR_"):
        raise missing()
    return state.find_pull(node_id.removeprefix("PR_"))
