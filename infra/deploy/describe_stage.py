"""A stage of a rollout as people see it on the release's card (`shared/release_bot/rollout_phase.py`). Pure."""

from infra.deploy.judge import BOT, Figures, Verdict
from infra.deploy.record import STAGE_BY_NAME

Sides = tuple[Figures | None, Figures | None]
"""The candidate's and the stable release's figures of the same time; None: unread."""
NO_FIGURES: Sides = (None, None)


def describe_stage(stage: str, verdict: Verdict, sides: Sides) -> str:
    """At most 200 characters; a side that has ended no job yet is left out."""
    parts = [f"stage {stage}", f"{STAGE_BY_NAME[stage].percent} %"]
    names = ("candidate", "stable")
    parts += [f"{name}: {_describe(each)}" for name, each in zip(names, sides, strict=True) if each and each.jobs]
    return "; ".join([*parts, f"verdict: {verdict.value}"])


def _describe(figures: Figures) -> str:
    """How many jobs failed, and how long the bot takes for an update."""
    errors = f"{100 * figures.failed / figures.jobs:.1f} % errors"
    latency = figures.latency.get(BOT)
    return errors if latency is None else f"{errors}, {latency.p95_ms:.0f} ms"
