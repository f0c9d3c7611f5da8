"""Endpoints for runs of workflows: their jobs, what those have said, and starting one."""

from tests.cloud.github.asking import Answer, Asked, Listed, endpoint
from tests.cloud.github.errors import Refusal, missing, require, require_known
from tests.cloud.github.state import Event


@endpoint("GET", "/branches", "contents")
def list_branches(asked: Asked) -> Answer:
    names = (ref.removeprefix("heads/") for ref in asked.state.git.refs if ref.startswith("heads/"))
    return 200, Listed([{"name": name} for name in sorted(names)])


@endpoint("GET", "/git/tags/{sha}", "contents")
def get_tag(asked: Asked) -> Answer:
    tag = asked.state.git.tags.get(asked.parts["sha"])
    if tag is None:
        raise missing()
    return 200, {"tag": tag.name, "object": {"type": "commit", "sha": tag.commit}}


@endpoint("GET", "/actions/runs/{run}/attempts/{attempt}/jobs", "actions")
def list_jobs(asked: Asked) -> Answer:
    found = asked.state.jobs.get((asked.parts["run"], asked.parts["attempt"]), [])
    return 200, Listed(found, "jobs", {"total_count": len(found)})


@endpoint("GET", "/actions/jobs/{id}/logs", "actions")
def find_log(asked: Asked) -> Answer:
    """The server makes a redirect of it: the log is elsewhere, for whoever knows the address."""
    if int(asked.parts["id"]) not in asked.state.logs:
        raise missing()
    return 302, f"/logs/{asked.parts['id']}"


@endpoint("POST", "/actions/workflows/{file}/dispatches", "actions")
def start_workflow(asked: Asked) -> Answer:
    require(asked.body, "WorkflowDispatch", ref=str)
    require_known(asked.body, "ref", "inputs")
    ref = asked.body["ref"]
    if f"heads/{ref}" not in asked.state.git.refs:
        raise Refusal(422, f"No ref found for: {ref}")
    # What it starts is left to the test.
    name = f"workflow_dispatch.{asked.parts['file']}"
    asked.state.events.append(Event(name, ref, asked.actor.login, starts_workflows=False))
    return 204, None
