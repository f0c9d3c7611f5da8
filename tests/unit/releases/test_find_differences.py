"""What the nightly check says of documents, record, traffic, tags and rules that have come apart."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.releases.actor import TIME
from shared.releases.describe import describe_environment, describe_event, describe_release
from shared.releases.find_differences import Place, Seen, find_differences
from shared.releases.release import Status
from tests.fakes.releases import SERVICE, Releasing, digest_of

PLACE = Place("bot-production", "europe-west1", "https://releases.example.test", "rollout-record")
OTHER = digest_of("v9.9.9")


@pytest.fixture
async def seen(releasing: Releasing) -> Seen:
    """A production in which all agrees: one release serves, another one is being deployed."""
    await releasing.bring("v0.9.0", Status.DEPLOYED)
    await releasing.bring("v1.0.0", Status.DEPLOYED)
    await releasing.bring("v1.1.0", Status.DEPLOYING)
    releases = [await releasing.read(tag) for tag in ("v1.1.0", "v1.0.0", "v0.9.0")]
    said = {
        "environment": describe_environment(await releasing.environment()),
        "releases": [describe_release(each, TIME) for each in releases],
        "events": {r.id: [describe_event(e) for e in await releasing.history(r.release_tag)] for r in releases},
    }
    said = json.loads(json.dumps(said))  # as it comes over the API
    shares = {digest_of("v1.0.0"): 95, digest_of("v1.1.0"): 5, OTHER: 0}
    return Seen(
        **said,
        stable=digest_of("v1.0.0"),
        candidate=digest_of("v1.1.0"),
        traffic={"bot": shares},
        tags={"v1.0.0": said["releases"][1]["commit"], "v0.1.0": "gone"},
    )


def test_all_agrees(seen: Seen) -> None:
    """Nothing is said, also where no history was read, and in a production that is new."""
    assert find_differences(seen, PLACE) == []
    assert find_differences(replace(seen, events={}), PLACE) == []
    new = {"live": {}, "moving": ""}
    assert find_differences(Seen(new, [], {}, ""), PLACE) == []


@pytest.mark.parametrize(
    ("changes", "words", "command"),
    [
        (
            {"stable": OTHER, "traffic": {}},
            f"{SERVICE}_v1.0.0 is live in the documents, the record serves {OTHER}",
            "gcloud run services describe rollout-record --project=bot-production --region=europe-west1",
        ),
        (
            {"candidate": OTHER, "traffic": {}},
            f"the record rolls {OTHER} out, and no release is deploying it",
            "gcloud run services describe rollout-record --project=bot-production --region=europe-west1",
        ),
        (
            {"given_up": frozenset({digest_of("v0.9.0"), digest_of("v1.0.0")})},
            f"{SERVICE}_v0.9.0 is deployed in the documents, the record has given it up",
            "gcloud run services describe rollout-record --project=bot-production --region=europe-west1",
        ),
        (
            {"traffic": {"chat": {OTHER: 3}}},
            f"chat: 3 % of the traffic meets {OTHER}",
            "gcloud run services describe chat --project=bot-production --region=europe-west1",
        ),
        ({"tags": {"v1.0.0": "f00"}}, f"{SERVICE}_v1.0.0 was built from", "git show v1.0.0"),
        (
            {"rules": ("ruleset main: missing",)},
            "GitHub's rules: ruleset main: missing",
            "python -m infra.deploy protect-branches --dry-run",
        ),
    ],
)
def test_each_difference_is_one_line(seen: Seen, changes: dict[str, Any], words: str, command: str) -> None:
    """It says what has come apart, and the command that shows it."""
    [found] = find_differences(replace(seen, **changes), PLACE)
    assert found.words.startswith(words)
    assert found.command == command


def test_nothing_is_on_its_way(seen: Seen) -> None:
    """A candidate of the record without a release that moves is said, whether the documents know another or none."""
    for moving in ("", f"{SERVICE}_v1.0.0"):
        environment = seen.environment | {"moving": moving}
        assert len(find_differences(replace(seen, environment=environment), PLACE)) == 1


def test_a_changed_history(seen: Seen) -> None:
    """A changed, a missing and a cut event are found over the API as in the store, with their number."""
    id_ = f"{SERVICE}_v1.0.0"
    events = list(seen.events[id_])
    changed = [*events[:2], {**events[2], "actor_name": "somebody"}, *events[3:]]
    for history, number in ((changed, 3), (events[:1] + events[2:], 2), (events[:-1], len(events))):
        [found] = find_differences(replace(seen, events={id_: history}), PLACE)
        assert found.words == f"{id_}: event {number} is missing or was changed"
        assert found.command.endswith(f"/api/v1/releases/{id_}/events?after={number - 1}")
