"""What a rollout tells people of its stages, on the release's card, and what they tell it: whether it is to wait.

The wish to wait stands in the document of the release, where the buttons *Pause* and *Go on* put it. Without an answer
what was known last counts, and a rollout that never heard of a pause goes on: nothing waits for the API, Firestore or
Telegram. While a slow report is made, nobody looks at the candidate, so all reports together have SECONDS_MAX.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from infra.deploy.context import Context
from infra.deploy.describe_stage import Sides, describe_stage
from infra.deploy.judge import Verdict
from infra.deploy.report_step import REPORT_SECONDS_MAX, report_step, try_report
from shared.releases.release import Status

Result = TypeVar("Result")
FIGURES_EVERY = timedelta(minutes=10)
"""Figures change at every tick; people are told of each stage, of each other verdict, and else this often."""
PAUSE_SECONDS_MAX = 3600
"""Of all pauses of one rollout, by the clock: its job may take 300 minutes, the stages take up to 160."""
SECONDS_MAX = 60.0
"""Of all reports of one rollout. When they are used up, each further report has SECONDS_MIN: a service that has
recovered answers in less, and about forty reports of one rollout then cost less than a minute."""
SECONDS_MIN = 1.0


class RolloutReports:
    """Of one rollout; `RELEASE` of the environment names the release. Without it there is nobody to tell, or to ask."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._release = context.environment.get("RELEASE", "")
        self._said = ""
        self._said_at: datetime | None = None
        self._paused_at: datetime | None = None
        """When it was last seen that people want it to wait; None: they do not."""
        self._paused = timedelta()
        self._seconds_left = SECONDS_MAX

    def tell_stage(self, stage: str, verdict: Verdict, sides: Sides) -> None:
        """Tell where the rollout is, and how candidate and stable do."""
        now, state = self._context.clock.now(), f"{stage} {verdict.value}"
        if state != self._said or self._said_at is None or now >= self._said_at + FIGURES_EVERY:
            self._said, self._said_at = state, now
            self.tell(describe_stage(stage, verdict, sides))

    def tell(self, phase: str) -> None:
        """Tell anything else."""
        self._spend(
            lambda seconds: report_step(
                self._context, self._release, Status.DEPLOYING.value, seconds_max=seconds, phase=phase
            )
        )

    def is_paused(self, stage: str) -> bool:
        """Whether a stage that is over has to last another tick. People are told where the rollout waits."""
        if not self._release:
            return False
        what = f"whether {self._release} is paused"
        found = self._spend(
            lambda seconds: try_report(self._context, what, lambda api: api.read(self._release), seconds)
        )
        before, now = self._paused_at, self._context.clock.now()
        is_wanted = before is not None if found is None else bool(found.get("is_paused"))
        if is_wanted and before is None:
            self._context.say(f"paused at stage {stage}: the release's card has the button Go on")
            self.tell(f"paused at stage {stage}")
        self._paused += now - before if before is not None else timedelta()
        self._paused_at = now if is_wanted else None
        return is_wanted

    def is_pause_used_up(self) -> bool:
        """Whether all pauses have lasted so long that a person has to decide."""
        return self._paused >= timedelta(seconds=PAUSE_SECONDS_MAX)

    def _spend(self, report: Callable[[float], Result]) -> Result:
        """Make a report in the time that is left for it."""
        began = self._context.clock.now()
        try:
            return report(min(REPORT_SECONDS_MAX, max(self._seconds_left, SECONDS_MIN)))
        finally:
            self._seconds_left -= (self._context.clock.now() - began).total_seconds()
