"""Why a press changed nothing, in the words of an alert: at most 200 characters. Pure."""

from collections.abc import Mapping

from shared.people.users import Language
from shared.release_bot.names import name_status
from shared.releases.attempt import Need, Refusal
from shared.releases.release import Release, Status
from shared.texts import plain_text

ALERT_CHARACTERS_MAX = 200
"""https://core.telegram.org/bots/api#answercallbackquery"""
_TEXTS: Mapping[Need, str] = {
    Need.ROLE: "release-refused-role",
    Need.STALE: "release-refused-stale",
    Need.REASON: "release-refused-reason",
    Need.TOO_LONG: "release-refused-too-long",
    Need.OVERTAKEN: "release-refused-overtaken",
    Need.INITIATOR: "release-refused-initiator",
    Need.NOT_JOINED: "release-refused-not-joined",
    Need.ABORT_ASKED: "release-refused-abort-asked",
    Need.BUSY: "release-refused-busy",
    Need.HOLD: "release-refused-hold",
    Need.FROZEN: "release-refused-frozen",
    Need.TARGET: "release-refused-target",
    Need.NOT_LIVE: "release-refused-not-live",
    Need.NO_RELEASE: "release-refused-no-release",
}
INSTEAD: Mapping[Status, str] = {
    Status.MANUAL_TEST_PASSED: "release-instead-approve",
    Status.MANUAL_TEST_FAILED: "release-instead-reject",
    Status.MANUAL_TESTING: "release-instead-take-back",
    Status.ROLLBACK: "release-instead-roll-back",
    Status.CANCELLED: "release-instead-cancel",
}
"""What a person may do instead, by the state that it leads to."""


def describe_refusal(language: Language, refusal: Refusal, release: Release | None) -> str:
    """What a person is told; what only workflows can meet has one sentence with the state of today."""
    text = _TEXTS.get(refusal.need)
    if text is not None:
        return plain_text(language, text)
    status = "—" if release is None else name_status(language, release.status)
    instead = [plain_text(language, INSTEAD[each]) for each in refusal.allowed if each in INSTEAD]
    if instead:
        return plain_text(language, "release-refused-state-instead", status=status, instead=", ".join(instead))
    return plain_text(language, "release-refused-state", status=status)
