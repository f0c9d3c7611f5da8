"""Watching a release after its rollout, and rolling back if it turns bad. Missing information does not count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from infra.deploy.arrange import Arranger
from infra.deploy.context import Context
from infra.deploy.deployment import Deployment
from infra.deploy.desk import TICK_SECONDS, Desk
from infra.deploy.entries import EntriesReader
from infra.deploy.errors import DeployError, UnreachableError
from infra.deploy.go_back import go_back
from infra.deploy.probes import Prober
from infra.deploy.record import Release
from infra.deploy.telegram_notice import Notice, send_notice

ERRORS_MAX = 20
"""The most log lines of severity ERROR in one watch; each is a failure of ours, and a good release has few."""
BAD_TICKS_MAX = 2
MONEY_EVENTS = frozenset({"ledger_mismatched"})


@dataclass(frozen=True)
class Seen:
    """The result of one check."""

    problems: tuple[str, ...]
    """The problems found by the probes."""
    errors: int
    money: int


class Watch:
    """Watches the stable release of one environment."""

    def __init__(
        self, deployment: Deployment, desk: Desk, arranger: Arranger, entries: EntriesReader, context: Context
    ) -> None:
        self._deployment = deployment
        self._desk = desk
        self._arranger = arranger
        self._entries = entries
        self._prober = Prober(deployment, context)
        self._context = context

    def run(self, release: Release, minutes: float) -> bool:
        """Watch; returns whether the release stayed good and stable. If it turned bad, roll back.

        Raises DeployError.
        """
        started = self._context.clock.now()
        until = started + timedelta(minutes=minutes)
        bad_ticks = 0
        while True:
            if not self._is_stable(release):
                self._context.say(f"{release.tag} is not the stable release any more: the watch ends")
                return False
            seen = self._look(release, started)
            bad_ticks = bad_ticks + 1 if seen.problems else 0
            reason = find_reason(seen, bad_ticks)
            if reason:
                go_back(self._desk, self._arranger, self._context, self._deployment.environment, reason, release)
                return False
            if self._context.clock.now() >= until:
                break
            self._context.clock.sleep(TICK_SECONDS)
        self._tell_end(release, seen, started)
        return True

    def _is_stable(self, release: Release) -> bool:
        """Whether the release is still the stable one: a later release is not ours to judge."""
        try:
            stable = self._desk.read().stable
        except UnreachableError as error:
            self._context.say(f"the record cannot be read: {error}")
            return True
        return stable is not None and stable.id == release.id

    def _probe(self, release: Release) -> tuple[str, ...]:
        try:
            return tuple(self._prober.probe_stable(release))
        except UnreachableError as error:
            self._context.say(f"nothing can be probed: {error}")
            return ()

    def _look(self, release: Release, since: datetime) -> Seen:
        problems = self._probe(release)
        revisions = [release.revision(each.service) for each in self._deployment.functions.values()]
        try:
            found = self._entries.list_errors(revisions, since)
        except DeployError as error:
            self._context.say(f"the log cannot be read: {error}")
            found = []
        seen = Seen(problems, len(found), count_money(found))
        self._context.say(f"watching {release.tag}: {'; '.join(problems) or 'probes are well'}, {seen.errors} errors")
        return seen

    def _tell_end(self, release: Release, seen: Seen, started: datetime) -> None:
        if not seen.errors:
            return  # print nothing if all is well
        seconds = (self._context.clock.now() - started).total_seconds()
        words = f"{self._deployment.environment} {release.version}: stays, with {seen.errors} errors in the log"
        send_notice(self._context, Notice(words, seconds=seconds, is_silent=True))


def find_reason(seen: Seen, bad_ticks: int) -> str:
    """The reason to roll back; empty if there is none."""
    if seen.money:
        return f"the ledger disagrees {seen.money} times"
    if seen.errors > ERRORS_MAX:
        return f"more than {ERRORS_MAX} errors in the log"
    if bad_ticks >= BAD_TICKS_MAX:
        return "; ".join(seen.problems)
    return ""


def count_money(entries: Sequence[Mapping[str, Any]]) -> int:
    """The number of entries that report a wrong ledger."""
    return sum(each.get("jsonPayload", {}).get("event") in MONEY_EVENTS for each in entries)
