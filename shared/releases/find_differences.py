"""Where the documents of releases and what really runs have come apart. Pure; the nightly check tells people.

The record says what runs: each difference is one line, with the command that shows it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.releases.event import find_break_of
from shared.releases.release import Status

Json = dict[str, Any]
PROTECT = "python -m infra.deploy protect-branches --dry-run"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line for people."""

    words: str
    command: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look, for the commands."""

    project: str
    region: str
    url: str
    """Of the function `releases`."""
    desk: str
    """The Cloud Run service that keeps the rollout's record."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the night has read of production."""

    environment: Json
    """As the API tells it."""
    releases: Sequence[Json]
    """As the API tells them: all that the environment names, and the newest."""
    events: Mapping[str, Sequence[Json]]
    """By release: its whole history. Releases that are not here have not been checked."""
    stable: str
    """The image of the record's stable release; empty: there is none."""
    candidate: str = ""
    given_up: frozenset[str] = frozenset()
    """Images that the record never goes back to."""
    traffic: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By service of Cloud Run: percent of the traffic by image."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Git's tags with their commits."""
    rules: Sequence[str] = ()
    """What `protect-branches` would change, in its words."""


def find_differences(seen: Seen, place: Place) -> list[Difference]:
    """All differences; none if everything agrees."""
    return [
        *_compare_chains(seen, place),
        *_compare_record(seen, place),
        *_compare_traffic(seen, place),
        *_compare_tags(seen),
        *(Difference(f"GitHub's rules: {words}", PROTECT) for words in seen.rules),
    ]


def _compare_chains(seen: Seen, place: Place) -> Iterator[Difference]:
    for release in seen.releases:
        events = seen.events.get(release["id"])
        if events is None:
            continue
        number = find_break_of(release["id"], release["events"], release["event_hash"], events)
        if number is not None:
            words = f"{release['id']}: event {number} is missing or was changed"
            yield Difference(words, _ask(place, f"releases/{release['id']}/events?after={number - 1}"))


def _compare_record(seen: Seen, place: Place) -> Iterator[Difference]:
    """What serves, what is on its way and what was given up, in the record and in the documents."""
    releases = {each["id"]: each for each in seen.releases}
    command = _describe(place, place.desk)
    for id_ in seen.environment["live"].values():
        digest = releases.get(id_, {}).get("digest", "")
        if digest != seen.stable:
            yield Difference(f"{id_} is live in the documents, the record serves {seen.stable or 'nothing'}", command)
    moving = releases.get(seen.environment["moving"])
    is_deploying = moving is not None and moving["status"] == Status.DEPLOYING.value
    awaited = moving["digest"] if moving is not None and is_deploying else ""
    if seen.candidate and seen.candidate != awaited:
        yield Difference(f"the record rolls {seen.candidate} out, and no release is deploying it", command)
    good = {each["id"] for each in seen.releases if each["status"] == Status.DEPLOYED.value}
    given_up = seen.given_up - {seen.stable}  # with another configuration the same image may be good
    for id_ in sorted(good):
        if releases[id_]["digest"] in given_up:
            yield Difference(f"{id_} is deployed in the documents, the record has given it up", command)


def _compare_traffic(seen: Seen, place: Place) -> Iterator[Difference]:
    """Every service serves the stable release alone, or shares it with the candidate."""
    allowed = {seen.stable, seen.candidate} - {""}
    for service, shares in sorted(seen.traffic.items()):
        for digest, percent in sorted(shares.items()):
            if percent and digest not in allowed:
                yield Difference(f"{service}: {percent} % of the traffic meets {digest}", _describe(place, service))


def _compare_tags(seen: Seen) -> Iterator[Difference]:
    for release in seen.releases:
        tag = release["release_tag"]
        commit = seen.tags.get(tag, release["commit"])
        if commit != release["commit"]:
            yield Difference(
                f"{release['id']} was built from {release['commit']}, {tag} is {commit}", f"git show {tag}"
            )


def _describe(place: Place, service: str) -> str:
    return f"gcloud run services describe {service} --project={place.project} --region={place.region}"


def _ask(place: Place, path: str) -> str:
    return f'curl --header "Authorization: Bearer $TOKEN" {place.url}/api/v1/{path}'
