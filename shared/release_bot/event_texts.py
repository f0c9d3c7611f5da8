"""What an event or a card says besides its state, in the reader's language: phases, reasons, refusals. Pure.

Workflows and time write words of their own into documents. Those that are known are translated, people's are shown.
"""

from collections.abc import Mapping

from shared.people.users import Language
from shared.release_bot.names import write_release_name
from shared.release_bot.rollout_phase import read_rollout_phase
from shared.releases.attempt import Need
from shared.releases.release import is_release_id
from shared.texts import plain_text

PHASE_TEXTS: Mapping[str, str] = {
    "image": "release-phase-image",
    "deploy": "release-phase-deploy",
    "smoke": "release-phase-smoke",
    "way-back": "release-phase-way-back",
    "monitor": "release-phase-monitor",
    "agreed": "release-phase-agreed",
    "overdue": "release-phase-overdue",
}
"""What `infra/deploy` and the workflows' files report, and the sweep."""
STAGE_TEXTS: Mapping[str, str] = {"probe": "release-stage-probe", "staff": "release-stage-staff"}
"""The stages of `infra/deploy/record.py` that are no percentage."""
_STAGES: Mapping[str, str] = {
    "stage ": "release-phase-stage",
    "held at stage ": "release-phase-held",
    "paused at stage ": "release-phase-paused",
}
VERDICT_TEXTS: Mapping[str, str] = {
    "good": "release-verdict-pass",
    "pass": "release-verdict-pass",
    "bad": "release-verdict-fail",
    "fail": "release-verdict-fail",
    "inconclusive": "release-verdict-inconclusive",
    "unproven": "release-verdict-unproven",
    "error": "release-verdict-error",
}
"""What a rollout says of its candidate (`infra/deploy/judge.py`), and what the local one says."""
REASON_TEXTS: Mapping[str, str] = {
    "deadline": "release-reason-deadline",
    "by hand in GitHub": "release-reason-by-hand",
}
_OVERTAKEN = "overtaken by "
NEED_TEXTS: Mapping[str, str] = {
    Need.NO_STEP.value: "release-need-no-step",
    Need.ROLE.value: "release-need-role",
    Need.STALE.value: "release-need-stale",
    Need.INITIATOR.value: "release-need-initiator",
    Need.NOT_JOINED.value: "release-need-not-joined",
    Need.OVERTAKEN.value: "release-need-overtaken",
    Need.QUORUM.value: "release-need-quorum",
    Need.BUSY.value: "release-need-busy",
    Need.HOLD.value: "release-need-hold",
    Need.FROZEN.value: "release-need-frozen",
    Need.TARGET.value: "release-need-target",
    Need.NOT_LIVE.value: "release-need-not-live",
    Need.REPLAYED.value: "release-need-replayed",
    Need.OTHER_RUN.value: "release-need-other-run",
    Need.TREE.value: "release-need-tree",
    Need.ABORT_ASKED.value: "release-need-abort-asked",
}
"""Why an attempt was refused, for the history; the others are met by nobody but authors of workflows."""


def name_phase(language: Language, phase: str) -> str:
    """A step in words; of a rollout its stage and its verdict, without figures."""
    if phase in PHASE_TEXTS:
        return plain_text(language, PHASE_TEXTS[phase])
    first = phase.partition(";")[0]
    for beginning, text in _STAGES.items():
        if first.startswith(beginning):
            stage = name_stage(language, first.removeprefix(beginning))
            verdict = read_rollout_phase(phase).verdict
            said = plain_text(language, text, stage=stage)
            return f"{said}: {name_verdict(language, verdict)}" if verdict else said
    return phase


def name_stage(language: Language, stage: str) -> str:
    """A stage of a rollout; a number is a percentage."""
    text = STAGE_TEXTS.get(stage)
    if text is not None:
        return plain_text(language, text)
    return f"{stage} %" if stage.isascii() and stage.isdecimal() else stage


def name_verdict(language: Language, verdict: str) -> str:
    """What the rollout says of its candidate."""
    text = VERDICT_TEXTS.get(verdict)
    return verdict if text is None else plain_text(language, text)


def name_event_reason(language: Language, reason: str) -> str:
    """Why something was done: the words of time and of workflows, or a person's as they are."""
    text = REASON_TEXTS.get(reason)
    if text is not None:
        return plain_text(language, text)
    id_ = reason.removeprefix(_OVERTAKEN)
    if id_ != reason and is_release_id(id_):
        return plain_text(language, "release-reason-overtaken", release=write_release_name(id_))
    return reason


def name_need(language: Language, need: str) -> str:
    """Why an attempt was refused, in a few words."""
    text = NEED_TEXTS.get(need)
    return need if text is None else plain_text(language, text)
