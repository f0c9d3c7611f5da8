"""Endpoints for issues. Pull requests stand among them, as on GitHub."""

from tests.cloud.github.asking import Answer, Asked, Listed, endpoint
from tests.cloud.github.errors import invalid, missing, require, require_known

TITLE_LENGTH_MAX = 256


@endpoint("GET", "/issues", "issues")
def list_issues(asked: Asked) -> Answer:
    wanted = asked.query.get("state", "open")
    pulls = [
        {"number": pull.number, "title": pull.title, "body": pull.body, "state": pull.state, "pull_request": {}}
        for pull in asked.state.pulls.values()
    ]
    found = [each for each in (*asked.state.issues.values(), *pulls) if wanted in {"all", each["state"]}]
    found.sort(key=lambda each: int(each["number"]), reverse=asked.query.get("direction", "desc") == "desc")
    return 200, Listed(found)


@endpoint("POST", "/issues", "issues")
def make_issue(asked: Asked) -> Answer:
    require(asked.body, "Issue", title=str)
    require_known(asked.body, "title", "body", "labels", "assignees")
    if len(asked.body["title"]) > TITLE_LENGTH_MAX:
        raise invalid("Issue", "title is too long (maximum is 256 characters)")
    return 201, asked.state.add_issue(asked.body["title"], asked.body.get("body"), asked.actor)


@endpoint("PATCH", "/issues/{number}", "issues")
def change_issue(asked: Asked) -> Answer:
    require_known(asked.body, "title", "body", "state", "state_reason", "labels", "assignees")
    issue = asked.state.issues.get(int(asked.parts["number"]))
    if issue is None:
        raise missing()
    issue.update(asked.body)
    return 200, issue
