"""The workflows as they are played: what each reports, and when it moves the traffic.

build-release      begin ─▶ building: image, deploy, smoke, way back ─▶ manual_testing
deploy-production  deploying: probe, staff, 5, 25, 50, 100 ─▶ deployed, or the traffic back ─▶ production_failed
rollback           the traffic back first, then `/version` five times ─▶ rollback_done, or production_failed

A report that is refused ends the workflow, and is the last of its steps.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from infra.local.github.places import Place
from infra.local.github.reports import Refused, Reports
from infra.local.github.repository import BUILD, DEPLOY, ROLLBACK, SERVICE, Repository, Run, Version

Json = dict[str, Any]
BUILD_PHASES = ("image", "deploy", "smoke", "way-back")
STAGES = (("probe", 0), ("staff", 0), ("5", 5), ("25", 25), ("50", 50), ("100", 100))
LOOKS = 5
FAILS_AT = "25"
LOOK_SECONDS = 0.5
"""So often a rollout that waits asks whether it may go on."""


class Player:
    """Plays the workflows of one repository over two places."""

    def __init__(self, repository: Repository, reports: Reports) -> None:
        self.repository = repository
        self.staging, self.production = Place(), Place()
        self._reports = reports
        self._plays: dict[str, Callable[[Run], Awaitable[None]]] = {
            BUILD: self._build,
            DEPLOY: self._deploy,
            ROLLBACK: self._roll_back,
        }

    async def play(self, run: Run) -> None:
        """One run from its beginning to its end; it never fails here."""
        try:
            await self._plays[run.file](run)
            run.conclusion = "success"
        except Refused as error:
            run.steps.append(str(error))
            run.conclusion = "failure"

    async def _step(self, run: Run, name: str) -> None:
        run.steps.append(name)
        await asyncio.sleep(self.repository.behaviour.pace_seconds)

    async def _build(self, run: Run) -> None:
        version = self.repository.versions[run.ref.rpartition("/")[2]]
        release = await self._reports.begin(run, version)
        for phase in BUILD_PHASES:
            release = await self._reports.report(run, release, "building", phase=phase)
            await self._step(run, phase)
        self.staging.begin(version)
        self.staging.promote()
        shown = self.staging.describe()["digest"]
        evidence = {"versions": [shown], "is_smoke_passed": True, "is_way_back_walked": True}
        await self._reports.report(run, release, "manual_testing", evidence=evidence)

    async def _deploy(self, run: Run) -> None:
        release = await self._reports.read(run, run.inputs["release"])
        version = self._find_version(release)
        release = await self._reports.report(run, release, "deploying", evidence={"tree": version.tree})
        self.production.begin(version)
        for stage, percent in STAGES:
            if self.production.candidate != version:
                raise Refused("somebody else took the traffic back")
            self.production.give(percent)
            phase = _describe_stage(stage, percent, version)
            release = await self._reports.report(run, release, "deploying", phase=phase)
            await self._step(run, stage)
            await self._wait_while_paused(run, release["id"])
            if stage == FAILS_AT and version.flaw == "canary":
                self.production.give_up()
                reason = "a quarter of the chats met too many errors"
                evidence = {"is_traffic_back": True}
                await self._reports.report(run, release, "production_failed", evidence=evidence, reason=reason)
                raise Refused(reason)
        release = await self._reports.read(run, release["id"])
        if self.production.candidate != version:
            raise Refused("somebody else took the traffic back")
        self.production.promote()
        evidence = {"is_rollout_whole": True, "is_watch_passed": True}
        await self._reports.report(run, release, "deployed", evidence=evidence)

    async def _wait_while_paused(self, run: Run, id_: str) -> None:
        """As the rollout does before its next stage."""
        while (await self._reports.read(run, id_))["is_paused"]:  # noqa: ASYNC110 — another process knows
            await asyncio.sleep(LOOK_SECONDS)

    async def _roll_back(self, run: Run) -> None:
        release = await self._reports.read(run, run.inputs["release"])
        if release["status"] == "deploying":  # a person's abort
            self.production.give_up()
            await self._step(run, "traffic is back")
            evidence = {"is_traffic_back": True}
            await self._reports.report(run, release, "production_failed", evidence=evidence)
            return
        tag = run.inputs.get("to") or release["rollback_to_tag"]
        if self.production.describe()["version"] not in {tag, release["release_tag"]}:
            raise Refused("something newer serves, which is left alone")
        self.production.go_back(tag)
        await self._step(run, f"traffic is at {tag}")
        versions = [self.production.describe()["digest"] for _ in range(LOOKS)]
        await self._reports.report(run, release, "rollback_done", evidence={"versions": versions})

    def _find_version(self, release: Json) -> Version:
        found = self.repository.versions.get(release["release_tag"])
        if release["service_name"] != SERVICE or found is None:
            raise Refused(f"no such version: {release['release_tag']}")
        return found


def _describe_stage(stage: str, percent: int, version: Version) -> str:
    """The stage and both sides, as the rollout reports them."""
    fails = version.flaw == "canary" and stage == FAILS_AT
    sides = f"candidate: {'12' if fails else '0.1'} % errors, 810 ms; stable: 0.1 % errors, 800 ms"
    return f"stage {stage}; {percent} %; {sides}; verdict: {'bad' if fails else 'good'}"
