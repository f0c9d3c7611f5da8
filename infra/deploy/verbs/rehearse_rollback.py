"""rehearse-rollback: roll back and forward once by the same code as a real rollback; on staging, at every release."""

import argparse
from dataclasses import replace

from infra.deploy.assemble import open_desk, refuse_mismatch
from infra.deploy.context import Context
from infra.deploy.deployment import load_deployment
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.errors import DeployError, RefusedError
from infra.deploy.probes import Prober
from infra.deploy.record import Record, Release

HELP = "Give the traffic to the release before, see it served, and come back."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    add_deployment_argument(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """The record is not changed, so after a crash here any verb that arranges services repairs them."""
    place = find_place(args, context)
    if place.environment == "production":
        raise RefusedError("production is not for rehearsals")
    deployment = refuse_mismatch(load_deployment(context, place.project, args.deployment), place)
    desk, arranger, _ = open_desk(place, context)
    record = desk.wait_and_take(seconds_max=600)
    try:
        if record.stable is None or record.candidate is not None or not record.good:
            context.say("nothing to rehearse with: there is no earlier good release, or one is under way")
            return 0
        prober = Prober(deployment, context)
        for release in (record.good[0], record.stable):
            started = context.clock.now()
            arranger.route(_serving(record, release))
            seconds = (context.clock.now() - started).total_seconds()
            problems = prober.probe_stable(release) if not context.dry_run else []
            if problems:
                arranger.route(record)
                raise DeployError(f"{release.tag}: " + "; ".join(problems))
            context.say(f"{release.tag} served everybody after {seconds:.0f} s")
    finally:
        desk.release()
    return 0


def _serving(record: Record, release: Release) -> Record:
    """The record with this release as stable; retired releases keep their tags."""
    others = [each for each in (record.stable, *record.good) if each is not None and each.id != release.id]
    return replace(record, stable=release, good=tuple(others))
