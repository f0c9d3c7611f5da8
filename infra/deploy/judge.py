"""Judging whether the candidate is as good as the stable release. Pure.

It decides from what both did in the same time: jobs that failed, were refused or were never made, calls that had to be
repeated, latency, money guards; and from the probes. A small sample cannot prove a candidate good, but it can prove it
bad (docs/decisions/0009). One that did nothing proves nothing (docs/decisions/0091).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from scipy.stats import fisher_exact  # type: ignore[import-untyped]

JOBS_MIN = 200
"""With fewer jobs a candidate cannot pass early."""
CHANCE_MAX = 0.0005
"""With enough jobs: how likely may chance alone explain that the candidate fails more often? It is asked at every tick
of an hour, so it is far below the usual one in twenty: played with equal releases, none of 300 was given up."""
CHANCE_MAX_SMALL = 0.0001
"""The limit with few jobs."""
EXCESS_MIN = 0.01
"""A difference of less than one in a hundred is not worth a rollback, however significant."""
SAMPLE_MIN = 50
BOT = "bot"
SLOWER_FACTOR = 1.5
SLOWER_MS = 500.0
HOPELESS_JOBS = 3
UPDATES_MIN = 200
"""With fewer updates one busy chat decides what they came to."""
UNEQUAL_FACTOR = 2.0
"""Chats differ: some press buttons, some order pictures. Between equal releases what updates come to differs
significantly in one comparison of twenty, and never by this factor (simulated with 200 to 5,000 chats)."""
UNEQUAL_MIN = 0.1
"""And a difference of less than one in ten updates, or jobs, is not looked at."""
JOBS_LAST = timedelta(minutes=5)
"""Nearly all jobs take less."""
EXPECTED_MIN = 50
"""If the candidate's share implies at least so many calls and there are none, the metrics are broken."""


class Verdict(Enum):
    """The result."""

    PASS = "pass"  # noqa: S105 — no password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    UNPROVEN = "unproven"
    """Nothing was delivered: there is no sign that the candidate works at all."""
    ERROR = "error"
    """Undecidable, because metrics are missing. A person has to decide."""


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class Latency:
    """The latency of one function's calls."""

    count: int
    p95_ms: float


@dataclass(frozen=True)
class Figures:
    """The metrics of one release's revisions in a span of time."""

    delivered: int = 0
    failed: int = 0
    """Jobs that failed because of us or the provider."""
    refused: int = 0
    """Jobs that ended by a rule or by the person."""
    declined: int = 0
    """Requests that never became a job."""
    calls: int = 0
    calls_failed: int = 0
    """Calls answered with 5xx, which the queue retries."""
    latency: Mapping[str, Latency] = field(default_factory=dict)
    ledger_mismatches: int = 0

    @property
    def jobs(self) -> int:
        """Jobs that tell whether the release works."""
        return self.delivered + self.failed

    @property
    def ended(self) -> int:
        return self.jobs + self.refused

    @property
    def updates(self) -> int:
        """Updates that `bot` handled."""
        return self.latency[BOT].count if BOT in self.latency else 0

    @property
    def fruitless(self) -> int:
        """Updates that no job came of, among them those that were to bring none."""
        return max(0, self.updates - self.ended)


def judge(
    problems: Sequence[str], candidate: Figures | None, stable: Figures | None, *, percent: int, lasted: timedelta
) -> Judgement:
    """`problems`: of the probes; figures None: unreadable.

    `percent`: the candidate's share of the chats; `lasted`: since when it has had them.
    """
    if problems:
        return Judgement(Verdict.FAIL, "; ".join(problems))
    if candidate is None or stable is None:
        return Judgement(Verdict.ERROR, "the figures cannot be read")
    if bad := find_fault(candidate, stable):
        return Judgement(Verdict.FAIL, bad)
    if lasted >= JOBS_LAST and (bad := find_idleness(candidate, stable)):
        return Judgement(Verdict.FAIL, bad)
    if silence := find_silence(candidate, stable, percent):
        return Judgement(Verdict.ERROR, silence)
    if not candidate.delivered:
        return Judgement(Verdict.UNPROVEN, "nothing was delivered yet")
    if candidate.jobs < JOBS_MIN:
        return Judgement(Verdict.INCONCLUSIVE, f"{candidate.jobs} jobs, {JOBS_MIN} are needed")
    return Judgement(Verdict.PASS, f"{candidate.failed} of {candidate.jobs} jobs failed")


def find_fault(candidate: Figures, stable: Figures) -> str:
    """The reason to give up the candidate; empty if there is none."""
    if candidate.ledger_mismatches:
        return f"the ledger disagrees {candidate.ledger_mismatches} times"
    if candidate.jobs >= HOPELESS_JOBS and not candidate.delivered and stable.delivered and not stable.failed:
        return f"none of {candidate.jobs} jobs was delivered"
    if is_worse((candidate.failed, candidate.jobs), (stable.failed, stable.jobs)):
        return f"{candidate.failed} of {candidate.jobs} jobs failed, {stable.failed} of {stable.jobs} in stable"
    if is_worse((candidate.calls_failed, candidate.calls), (stable.calls_failed, stable.calls)):
        return (
            f"{candidate.calls_failed} of {candidate.calls} calls had to be repeated, "
            f"{stable.calls_failed} of {stable.calls} in stable"
        )
    return next(filter(None, (_find_slowness(name, candidate, stable) for name in candidate.latency)), "")


def find_idleness(candidate: Figures, stable: Figures) -> str:
    """How the candidate does less of what people ask for; empty if it does as much.

    What was asked at the end of the time has not ended yet, so the time must be longer than jobs take.
    """
    if does_less(candidate, stable):
        return (
            f"{candidate.ended} jobs came of {candidate.updates} updates, {stable.ended} of {stable.updates} in stable"
        )
    if is_far_worse((candidate.refused, candidate.ended), (stable.refused, stable.ended)):
        return (
            f"{candidate.refused} of {candidate.ended} jobs were refused, {stable.refused} of {stable.ended} in stable"
        )
    if is_far_worse((candidate.declined, candidate.updates), (stable.declined, stable.updates)):
        return (
            f"{candidate.declined} of {candidate.updates} updates were declined, "
            f"{stable.declined} of {stable.updates} in stable"
        )
    return ""


def find_silence(candidate: Figures, stable: Figures, percent: int) -> str:
    """Why the metrics are implausible; empty if they are not. Staff alone (0 percent) may cause no calls."""
    if not candidate.calls and not stable.calls:
        return "neither release reports a call"
    expected = stable.calls if percent == 100 else stable.calls * percent / (100 - percent)  # noqa: PLR2004
    if not candidate.calls and expected >= EXPECTED_MIN:
        return f"the candidate reports no call, stable {stable.calls}"
    return ""


def does_less(candidate: Figures, stable: Figures) -> bool:
    """Whether much fewer jobs come of the candidate's updates, as when it answers and does nothing."""
    if candidate.updates < UPDATES_MIN or not stable.updates:
        return False
    is_half = candidate.ended / candidate.updates <= stable.ended / stable.updates / UNEQUAL_FACTOR
    is_sure = _find_chance((candidate.fruitless, candidate.updates), (stable.fruitless, stable.updates))
    return is_half and is_sure < CHANCE_MAX_SMALL


def is_far_worse(candidate: tuple[int, int], stable: tuple[int, int]) -> bool:
    """As `is_worse`, for what differs from chat to chat: (counted, total)."""
    (count, total), (stable_count, stable_total) = candidate, stable
    if total < UPDATES_MIN or not stable_total:
        return False
    share, stable_share = count / total, stable_count / stable_total
    if share - stable_share < UNEQUAL_MIN or share < stable_share * UNEQUAL_FACTOR:
        return False
    return _find_chance(candidate, stable) < CHANCE_MAX_SMALL


def is_worse(candidate: tuple[int, int], stable: tuple[int, int]) -> bool:
    """Whether the candidate fails significantly more often; each argument is (failed, total).

    Fisher's exact test, one-sided, which is valid for samples of any size.
    """
    (failed, total), (stable_failed, stable_total) = candidate, stable
    if not total or not stable_total or failed / total - stable_failed / stable_total < EXCESS_MIN:
        return False
    return _find_chance(candidate, stable) < (CHANCE_MAX if total >= JOBS_MIN else CHANCE_MAX_SMALL)


def _find_chance(candidate: tuple[int, int], stable: tuple[int, int]) -> float:
    """How likely chance alone makes the candidate's share so much higher; each argument is (counted, total)."""
    (count, total), (stable_count, stable_total) = candidate, stable
    table = [[count, total - count], [stable_count, stable_total - stable_count]]
    return float(fisher_exact(table, alternative="greater").pvalue)


def _find_slowness(name: str, candidate: Figures, stable: Figures) -> str:
    ours, theirs = candidate.latency[name], stable.latency.get(name)
    if theirs is None or min(ours.count, theirs.count) < SAMPLE_MIN:
        return ""
    if ours.p95_ms <= max(theirs.p95_ms * SLOWER_FACTOR, theirs.p95_ms + SLOWER_MS):
        return ""
    return f"{name} takes {ours.p95_ms:.0f} ms at p95, {theirs.p95_ms:.0f} in stable"
