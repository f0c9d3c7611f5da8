"""Endpoints for releases with their files, and for attestations."""

from tests.cloud.github.asking import Answer, Asked, Listed, endpoint
from tests.cloud.github.errors import Json, Refusal, invalid, missing, require, require_known
from tests.cloud.github.git import stamp
from tests.cloud.github.state import REPOSITORY, State


@endpoint("GET", "/releases/tags/{tag}", "contents")
def get_release(asked: Asked) -> Answer:
    """A draft is not found by its tag."""
    if asked.parts["tag"] not in asked.state.releases:
        raise missing()
    return 200, asked.state.releases[asked.parts["tag"]]


@endpoint("GET", "/releases", "contents")
def list_releases(asked: Asked) -> Answer:
    """Drafts are shown to whoever may push."""
    may_push = asked.actor.permissions.get("contents") == "write"
    return 200, Listed([*asked.state.releases.values(), *(asked.state.drafts.values() if may_push else ())])


@endpoint("POST", "/releases", "contents")
def make_release(asked: Asked) -> Answer:
    require(asked.body, "Release", tag_name=str)
    require_known(asked.body, "tag_name", "target_commitish", "name", "body", "draft", "prerelease", "make_latest")
    state, tag = asked.state, asked.body["tag_name"]
    if tag in state.releases:
        raise invalid("Release", "tag_name has been taken", "already_exists", "tag_name")
    if f"tags/{tag}" not in state.git.refs:  # the real one would make a light tag on the default branch
        raise invalid("Release", "there is no such tag here", "invalid", "tag_name")
    number = state.next_id()
    made = asked.body | {
        "id": number,
        "html_url": f"https://github.com/{REPOSITORY}/releases/tag/{tag}",
        "upload_url": f"{asked.url}/repos/{REPOSITORY}/releases/{number}/assets{{?name,label}}",
        "created_at": stamp(state.now()),
        "assets": [],
    }
    state.drafts[number] = made
    if not made.get("draft"):
        publish(state, number, asked)
    return 201, made


@endpoint("PATCH", "/releases/{id}", "contents")
def change_release(asked: Asked) -> Answer:
    require_known(asked.body, "draft")
    number = int(asked.parts["id"])
    made = find_draft(asked.state, number)
    if asked.body.get("draft") is False:
        publish(asked.state, number, asked)
    return 200, made


@endpoint("DELETE", "/releases/{id}", "contents")
def delete_release(asked: Asked) -> Answer:
    find_draft(asked.state, int(asked.parts["id"]))
    del asked.state.drafts[int(asked.parts["id"])]
    return 204, None


@endpoint("POST", "/releases/{id}/assets", "contents")
def upload_file(asked: Asked) -> Answer:
    """The real one takes it on a host of its own."""
    made, name = find_draft(asked.state, int(asked.parts["id"])), asked.query["name"]
    if any(each["name"] == name for each in made["assets"]):
        raise invalid("ReleaseAsset", "already exists", "already_exists", "name")
    number = asked.state.next_id()
    asked.state.files[number] = asked.content
    made["assets"].append({"id": number, "name": name, "state": "uploaded", "size": len(asked.content)})
    return 201, made["assets"][-1]


@endpoint("GET", "/attestations/{digest}", "attestations")
def list_attestations(asked: Asked) -> Answer:
    found = asked.state.attestations.get(asked.parts["digest"], [])
    return 200, Listed([{"bundle": each, "repository_id": 100000001} for each in found], "attestations")


def find_draft(state: State, number: int) -> Json:
    """What is published here is immutable, as the repository's settings may ask."""
    if number in state.drafts:
        return state.drafts[number]
    if any(each["id"] == number for each in state.releases.values()):
        raise Refusal(422, "Cannot change an immutable release")
    raise missing()


def publish(state: State, number: int, asked: Asked) -> None:
    made = state.drafts.pop(number)
    made["draft"] = False
    state.releases[made["tag_name"]] = made
    state.note("release.published", made["tag_name"], asked.actor)
