"""What was done to services, for tests that ask how often, in which order, and whether anything was half."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from google.cloud.run_v2.types import Service


@dataclass(frozen=True)
class Change:
    """One change that was accepted, with the wish as it was then."""

    number: int
    at: datetime
    service: str
    mask: tuple[str, ...]
    """The fields that were sent, in the API's spelling; `("*",)` for a replacement of everything, `("delete",)`."""
    revision: str
    """The revision that it created or deleted; empty for none."""
    image: str = ""
    traffic: Mapping[str, int] = field(default_factory=dict)
    """Revision → percent; LATEST for the latest one."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tag → revision."""
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """Traffic that really moved: what requests met from then on."""

    at: datetime
    service: str
    traffic: Mapping[str, int]
    tags: Mapping[str, str]


def note_change(number: int, at: datetime, service: Service, mask: str, revision: str) -> Change:
    return Change(
        number=number,
        at=at,
        service=short_name(service.name),
        mask=tuple(mask.split(",")) if mask else ("*",),
        revision=revision,
        image=service.template.containers[0].image,
        traffic=sum_traffic((each.revision or "LATEST", each.percent) for each in service.traffic),
        tags={each.tag: each.revision or "LATEST" for each in service.traffic if each.tag},
        annotations=dict(service.annotations),
    )


def note_route(at: datetime, service: Service) -> Route:
    return Route(at, short_name(service.name), read_traffic(service), read_tags(service))


def read_traffic(service: Service) -> dict[str, int]:
    """Revision → percent of the requests it really gets."""
    return sum_traffic((each.revision, each.percent) for each in Service.pb(service).traffic_statuses)


def read_tags(service: Service) -> dict[str, str]:
    """Tag → the revision that really answers there."""
    return {each.tag: each.revision for each in Service.pb(service).traffic_statuses if each.tag}


def sum_traffic(shares: Iterable[tuple[str, int]]) -> dict[str, int]:
    """A revision may be in several targets, one of them for its tag only."""
    summed: dict[str, int] = {}
    for revision, percent in shares:
        if percent:
            summed[revision] = summed.get(revision, 0) + percent
    return summed


def short_name(name: str) -> str:
    """The last part of a resource's name."""
    return name.rpartition("/")[2]
