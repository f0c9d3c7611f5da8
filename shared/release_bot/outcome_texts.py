"""What came of a press, in the words of a toast or an alert. Pure."""

from collections.abc import Mapping

from shared.people.users import Language
from shared.release_bot.buttons import Action
from shared.release_bot.refusal_texts import describe_refusal
from shared.releases.attempt import Refusal
from shared.releases.release import Release, Status
from shared.texts import plain_text

_DONE: Mapping[Action, str] = {
    Action.REJECT: "release-toast-rejected",
    Action.TAKE_BACK: "release-toast-taken-back",
    Action.CANCEL: "release-toast-cancelled",
    Action.START: "release-toast-started",
    Action.PAUSE: "release-toast-paused",
    Action.GO_ON: "release-toast-goes-on",
    Action.ABORT: "release-toast-abort",
    Action.ROLL_BACK: "release-toast-rollback",
}


def describe_outcome(
    language: Language, action: Action, release: Release | None, refusal: Refusal | None, *, is_repeat: bool
) -> str:
    """At most 200 characters, without HTML."""
    if refusal is not None:
        return describe_refusal(language, refusal, release)
    if is_repeat:
        return plain_text(language, "release-toast-repeat")
    if action is Action.APPROVE:
        is_last = release is not None and release.status is Status.MANUAL_TEST_PASSED
        return plain_text(language, "release-toast-passed" if is_last else "release-toast-approved")
    return plain_text(language, _DONE[action])
