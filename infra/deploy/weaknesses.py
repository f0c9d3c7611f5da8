"""Known weaknesses of packages: what scanners say, what was accepted and until when, and what a person has to mend.

pip-audit looks the lock up in PyPI's advisories. Google's Artifact Analysis scans each image in the registry, with the
base's packages of the system, and looks again while the image is in use.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from infra.deploy.errors import DeployError

ACCEPTED_DAYS_MAX = 90
"""The longest time for which a weakness is accepted: then somebody looks again."""
URGENT = frozenset({"CRITICAL", "HIGH", "UNKNOWN"})
"""pip-audit tells no severity, and a new weakness has none yet: both count like high ones."""
UNSPECIFIED = "SEVERITY_UNSPECIFIED"
Json = dict[str, Any]


@dataclass(frozen=True, order=True)
class Weakness:
    """A known weakness of one package."""

    package: str
    version: str
    id: str
    """A CVE's number where there is one."""
    severity: str
    """CRITICAL, HIGH, MEDIUM, LOW, MINIMAL or UNKNOWN."""
    fixed_in: str
    """The version that mends it; empty if there is none yet."""
    where: str
    """`lock` or `image`."""


@dataclass(frozen=True)
class Accepted:
    """A weakness that somebody has looked at and accepted for a while."""

    until: date
    reason: str


def read_audit(text: str) -> list[Weakness]:
    """What pip-audit found, from its JSON. Raises DeployError."""
    try:
        found = [
            Weakness(
                package=each["name"],
                version=each["version"],
                id=choose_id([flaw["id"], *flaw.get("aliases", [])]),
                severity="UNKNOWN",
                fixed_in=", ".join(flaw["fix_versions"]),
                where="lock",
            )
            for each in json.loads(text)["dependencies"]
            for flaw in each.get("vulns", [])
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise DeployError(f"pip-audit's answer cannot be read: {type(error).__name__}") from error
    return sorted(set(found))


def read_occurrences(occurrences: Iterable[Json]) -> list[Weakness]:
    """What Artifact Analysis found: Grafeas' occurrences of the kind VULNERABILITY. Raises DeployError."""
    try:
        found = [
            Weakness(
                package=issue["affectedPackage"],
                version=issue.get("affectedVersion", {}).get("fullName", ""),
                id=each["noteName"].rpartition("/")[2],
                severity=read_severity(each["vulnerability"], issue),
                fixed_in=issue.get("fixedVersion", {}).get("fullName", "yes") if issue.get("fixAvailable") else "",
                where="image",
            )
            for each in occurrences
            for issue in each["vulnerability"]["packageIssue"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise DeployError(f"a finding of Artifact Analysis cannot be read: {type(error).__name__}") from error
    return sorted(set(found))


def read_severity(flaw: Json, issue: Json) -> str:
    """The distribution's own judgement of the package where there is one, else the weakness's."""
    told = (issue.get("effectiveSeverity"), flaw.get("effectiveSeverity"), flaw.get("severity"))
    return next((str(each) for each in told if each and each != UNSPECIFIED), "UNKNOWN")


def choose_id(names: list[str]) -> str:
    """The name by which all databases know a weakness, or the first one."""
    return next((name for name in names if name.startswith("CVE-")), names[0])


def read_accepted(text: str, today: date) -> dict[str, Accepted]:
    """Lines `ID YYYY-MM-DD reason`, without empty ones and comments. Raises DeployError for any other line."""
    found = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        try:
            name, until, reason = line.split(maxsplit=2)
            accepted = Accepted(date.fromisoformat(until), reason)
        except ValueError as error:
            raise DeployError(f"not `ID YYYY-MM-DD reason`: {line}") from error
        if accepted.until > today + timedelta(days=ACCEPTED_DAYS_MAX):
            raise DeployError(f"{name} is accepted for more than {ACCEPTED_DAYS_MAX} days: {until}")
        found[name] = accepted
    return found


def is_urgent(weakness: Weakness, accepted: Mapping[str, Accepted], today: date) -> bool:
    """Whether a person has to do something: a new version mends it, it is serious, and nobody has accepted it."""
    exception = accepted.get(weakness.id)
    is_accepted = exception is not None and today <= exception.until
    return bool(weakness.fixed_in) and weakness.severity in URGENT and not is_accepted


def write_table(weaknesses: Iterable[Weakness], accepted: Mapping[str, Accepted], today: date) -> Iterator[str]:
    """A row of Markdown for each weakness, the urgent ones first."""
    yield "| | package | version | weakness | severity | mended in | where |"
    yield "|---|---|---|---|---|---|---|"
    for each in sorted(weaknesses, key=lambda one: (not is_urgent(one, accepted, today), one)):
        exception = accepted.get(each.id)
        word = "**mend**" if is_urgent(each, accepted, today) else ""
        if exception and today <= exception.until:
            word = f"accepted until {exception.until}: {exception.reason}"
        cells = (word, each.package, each.version, each.id, each.severity, each.fixed_in or "—", each.where)
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
