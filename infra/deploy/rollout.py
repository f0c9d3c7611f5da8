"""Rolling out a release: from revisions without traffic to all chats, or back.

Every step first writes the record and then changes Cloud Run, so another deployer can continue after a crash. Only a
verdict changes the record; missing information never does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from infra.deploy.arrange import Arranger
from infra.deploy.context import Context
from infra.deploy.deployment import Deployment
from infra.deploy.describe_stage import NO_FIGURES, Sides
from infra.deploy.desk import TICK_SECONDS, Desk
from infra.deploy.errors import BrokenRevisionError, ConflictError, DeployError, RefusedError, UnreachableError
from infra.deploy.judge import Figures, Judgement, Verdict, judge
from infra.deploy.metrics import FiguresReader
from infra.deploy.probes import Prober
from infra.deploy.record import (
    STAGE_BY_NAME,
    STAGES,
    Record,
    Release,
    advance,
    begin,
    forget_old,
    give_up,
    leave,
    promote,
)
from infra.deploy.rollout_reports import RolloutReports
from infra.deploy.telegram_notice import Notice, send_notice
from infra.functions import WORKERS

HOLD_SECONDS_MAX = 1800
"""After this time without usable metrics a person has to decide; the candidate stays at its stage."""
DAY = timedelta(days=1)
PROOF_PERCENT_MIN = 25
"""From this share of the chats on, time alone brings no candidate further: it has to have delivered something."""
UNPROVEN = "rollout --unproven"
AGAIN = "The same image can be tried again with  rollout --renew"


class Outcome(Enum):
    """The outcome; its value is the verb's exit code."""

    RELEASED = 0
    GIVEN_UP = 1
    ASKS = 3
    """It is unknown whether the candidate is good; a person continues (same verb) or ends it (`rollback`)."""


@dataclass(frozen=True)
class Team:
    """The objects that a rollout uses."""

    desk: Desk
    arranger: Arranger
    prober: Prober
    figures: FiguresReader


class Rollout:
    """One release in one environment."""

    def __init__(
        self,
        deployment: Deployment,
        team: Team,
        context: Context,
        pace: float = 1.0,
        *,
        unproven: bool = False,
        bundle: str = "",
    ) -> None:
        """With `pace` 5 every stage takes a fifth of the usual time: for a hotfix.

        `unproven`: a person has said that the candidate may go on though it delivered nothing.
        `bundle`: the signature of its image, which was verified.
        """
        self._deployment = deployment
        self._team = team
        self._context = context
        self._pace = pace
        self._unproven = unproven
        self._bundle = bundle
        self._reports = RolloutReports(context)
        self._sides: Sides = NO_FIGURES

    def run(self, release: Release, *, staged: bool) -> Outcome:
        """Release it, stage by stage or at once after its probes. We hold the lock and release it at the end.

        Raises DeployError, RefusedError.
        """
        desk = self._team.desk
        try:
            outcome = self._release(release, staged=staged)
        except ConflictError:
            raise  # another deployer took over
        except RefusedError:
            desk.release()
            raise
        except (DeployError, KeyboardInterrupt) as error:
            self._tell("stopped half way: run it again or roll back", "held", release, (str(error),))
            desk.release()
            raise
        desk.release()
        return outcome

    def _release(self, release: Release, *, staged: bool) -> Outcome:
        record = self._team.desk.check()
        if record.stable is not None and record.stable.id == release.id:
            return self._confirm(record)
        record = self._begin(record, release)
        if self._context.dry_run:
            self._team.arranger.make_revisions(self._deployment, release, self._bundle)
            self._context.say("would then probe it and " + ("go from stage to stage" if staged else "switch"))
            return Outcome.RELEASED
        return self._climb(record, release) if staged and record.stable is not None else self._replace(record, release)

    def _begin(self, record: Record, release: Release) -> Record:
        try:
            return self._team.desk.write(f"begin {release.tag}", lambda found: self._begin_record(found, release))
        except RefusedError:
            if record.candidate is None and record.stable is not None:
                self._team.arranger.route(record)  # its deployer may have died before rerouting the chats
            raise

    def _begin_record(self, record: Record, release: Release) -> Record:
        """The record with this candidate; from the first signed release on, what is not signed is not returned to."""
        now, since = self._now(), record.proven_since
        if not self._deployment.proven_images:
            since = None
        elif self._bundle and since is None:
            since = now
        return replace(begin(record, release, now), proven_since=since)

    # --- the ways to go -------------------------------------------------------------------------------------

    def _confirm(self, record: Record) -> Outcome:
        """Handle a release that is stable already: finish the work of a killed deployer, and check it."""
        stable = record.stable
        assert stable is not None
        if record.candidate is not None:
            record = self._team.desk.write("give the candidate up", lambda found: give_up(found, self._now()))
        self._team.arranger.switch(record)
        if problems := self._probe_stable(stable):
            raise DeployError("it serves, but: " + "; ".join(problems))
        self._context.say(f"{stable.tag} serves everybody")
        return Outcome.RELEASED

    def _replace(self, record: Record, release: Release) -> Outcome:
        """Probe, then switch at once: for environments without users, and for the first release."""
        problems = self._enter(record)
        if problems:
            return self._give_up(release, "; ".join(problems))
        return self._promote()

    def _climb(self, record: Record, release: Release) -> Outcome:
        """Go stage by stage with a check at every tick; missing information holds the stage."""
        unknown_since: datetime | None = None
        entered, lasted = "", timedelta()
        while True:
            judgement = self._look(record, enter=record.stage != entered)
            self._context.say(f"stage {record.stage}: {judgement.verdict.value}, {judgement.reason}")
            if judgement.verdict is Verdict.FAIL:
                return self._give_up(release, judgement.reason)  # before anything is told: a report may take a while
            self._reports.tell_stage(record.stage, judgement.verdict, self._sides)
            if judgement.verdict is Verdict.ERROR:
                unknown_since = unknown_since or self._now()
                if self._now() - unknown_since >= timedelta(seconds=HOLD_SECONDS_MAX):
                    return self._ask(record, judgement.reason)
            else:
                unknown_since, entered = None, record.stage
                if self._is_over(record, judgement.verdict, lasted):
                    if judgement.verdict is Verdict.UNPROVEN and self._wants_proof(record):
                        return self._ask(record, f"{judgement.reason}; if that is all right: {UNPROVEN}")
                    if not self._reports.is_paused(record.stage):
                        if record.stage == STAGES[-1].name:
                            return self._promote()
                        record = self._team.desk.write("next stage", lambda found: advance(found, self._now()))
                        lasted = timedelta()
                        continue
                    if self._reports.is_pause_used_up():
                        return self._ask(record, "its pauses have lasted an hour")
                lasted += timedelta(seconds=TICK_SECONDS)
            self._context.clock.sleep(TICK_SECONDS)

    # --- a look ---------------------------------------------------------------------------------------------

    def _look(self, record: Record, *, enter: bool) -> Judgement:
        """The judgement now; an error of Cloud Run or Monitoring counts as missing information."""
        assert record.candidate is not None
        self._sides = NO_FIGURES
        try:
            self._team.desk.renew()
            problems = self._enter(record) if enter else self._team.prober.probe_release(record.candidate)
            if record.stage == "probe":
                return Judgement(Verdict.FAIL if problems else Verdict.PASS, "; ".join(problems) or "probes are well")
            assert record.stage_since is not None
            percent, lasted = STAGE_BY_NAME[record.stage].percent, self._now() - record.stage_since
            self._sides = self._read_figures(record)
            return judge(problems, *self._sides, percent=percent, lasted=lasted)
        except BrokenRevisionError as error:
            return Judgement(Verdict.FAIL, str(error))
        except (ConflictError, RefusedError):
            raise
        except UnreachableError as error:
            return Judgement(Verdict.ERROR, str(error))

    def _enter(self, record: Record) -> list[str]:
        """Change the services for the stage; returns the problems that the candidate's probes find."""
        assert record.candidate is not None
        if record.stage == STAGES[0].name and record.stable is not None:
            self._team.arranger.route(record)  # away from a candidate that is being replaced
        try:
            self._team.arranger.make_revisions(self._deployment, record.candidate, self._bundle)
        except BrokenRevisionError as error:
            return [str(error)]
        problems = self._team.prober.probe_release(record.candidate)
        if not problems and record.stable is not None:
            self._team.arranger.route(record, self._team.arranger.prepare_stage(self._deployment, record))
        return problems

    def _read_figures(self, record: Record) -> tuple[Figures | None, Figures | None]:
        """The candidate's and the stable release's figures of the same time.

        In the last stage nobody is left to stable: what served in the same hours of the day before is compared with, or
        on the first day what served just before.
        """
        assert record.candidate is not None
        assert record.stable is not None
        assert record.stage_since is not None
        now, start = self._now(), record.stage_since
        try:
            candidate = self._read_workers([record.candidate], start, now)
            if STAGE_BY_NAME[record.stage].percent < 100:  # noqa: PLR2004
                return candidate, self._read_workers([record.stable], start, now)
            stable = self._read_workers([record.stable, *record.good], start - DAY, now - DAY)
            if not stable.calls:
                stable = self._read_workers([record.stable], start - (now - start), start)
        except (ConflictError, RefusedError):
            raise
        except DeployError as error:
            self._context.say(f"figures: {error}")
            return None, None
        return candidate, stable

    def _read_workers(self, releases: Sequence[Release], start: datetime, end: datetime) -> Figures:
        services = [self._deployment.functions[name].service for name in WORKERS]
        return self._team.figures.read([each.revision(name) for each in releases for name in services], start, end)

    def _is_over(self, record: Record, verdict: Verdict, lasted: timedelta) -> bool:
        """Whether the stage has lasted long enough for this verdict.

        Only time with usable figures seen by this deployer counts, not the gap after another one was killed, nor an
        outage of the metrics.
        """
        stage = STAGE_BY_NAME[record.stage]
        minutes = stage.minutes_min if verdict is Verdict.PASS else stage.minutes_max
        return lasted >= timedelta(minutes=minutes / self._pace)

    def _wants_proof(self, record: Record) -> bool:
        return not self._unproven and STAGE_BY_NAME[record.stage].percent >= PROOF_PERCENT_MIN

    # --- the ends -------------------------------------------------------------------------------------------

    def _promote(self) -> Outcome:
        record = self._team.desk.write("promote", lambda found: forget_old(promote(found, self._now()), self._now()))
        assert record.stable is not None
        self._team.arranger.switch(record)
        problems = self._probe_stable(record.stable)
        if problems:  # the last probes may still have met the previous revision
            self._context.clock.sleep(TICK_SECONDS)
            problems = self._probe_stable(record.stable)
        if problems and record.good:
            return self._give_up(record.stable, "; ".join(problems))
        if problems:
            raise DeployError("it serves everybody, but: " + "; ".join(problems))
        self._context.say(f"{record.stable.version} ({record.stable.tag}) serves everybody")
        return Outcome.RELEASED

    def _give_up(self, bad: Release, reason: str) -> Outcome:
        record = self._team.desk.write("give up", lambda found: leave(found, bad.id, self._now()))
        if record.stable is not None:
            self._team.arranger.route(record)
        self._tell("given up; the release before it serves everybody", "rolled back", bad, (reason, AGAIN))
        return Outcome.GIVEN_UP

    def _ask(self, record: Record, reason: str) -> Outcome:
        assert record.candidate is not None
        words = f"held at stage {record.stage}: continue it or roll it back"
        self._reports.tell(f"held at stage {record.stage}")
        self._tell(words, "held", record.candidate, (reason,))
        return Outcome.ASKS

    def _probe_stable(self, release: Release) -> Sequence[str]:
        return () if self._context.dry_run else self._team.prober.probe_stable(release)

    def _tell(self, words: str, result: str, release: Release, details: tuple[str, ...]) -> None:
        what = f"{self._deployment.environment} {release.version}: {words}"
        self._context.say(" · ".join((what, *details)))
        who = self._context.environment.get("GITHUB_ACTOR", "")
        send_notice(self._context, Notice(what, result=result, who=who, details=details))

    def _now(self) -> datetime:
        return self._context.clock.now()
