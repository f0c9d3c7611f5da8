"""What people are told of a release, and who is told. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from shared.people.users import Language
from shared.ports import Fields
from shared.release_bot.bot_documents import Preferences
from shared.release_bot.event_texts import name_event_reason, name_phase
from shared.release_bot.names import (
    NAME_CHARACTERS_MAX,
    REASON_CHARACTERS_MAX,
    name_status,
    sign_status,
    write_duration,
    write_release_name,
)
from shared.releases.release import Release
from shared.texts import html_text, shorten


class Topic(StrEnum):
    """What a person can choose not to be told of."""

    BUILDS = "builds"
    TESTING = "testing"
    DECISIONS = "decisions"
    DEPLOYMENTS = "deployments"
    TROUBLE = "trouble"
    """Nobody can mute it, and it rings at night: what people have in production may be bad."""


TOPICS: Mapping[str, Topic] = {
    "staging_failed": Topic.BUILDS,
    "manual_testing": Topic.TESTING,
    "manual_test_passed": Topic.DECISIONS,
    "manual_test_failed": Topic.DECISIONS,
    "cancelled": Topic.DECISIONS,
    "deployed": Topic.DEPLOYMENTS,
}
"""By the state that an event leads to; all others are trouble."""
TEXTS: Mapping[str, str] = {
    "staging_failed": "release-notice-staging-failed",
    "manual_testing": "release-notice-testing",
    "manual_test_failed": "release-notice-rejected",
    "cancelled": "release-notice-cancelled",
    "deployed": "release-notice-deployed",
    "production_failed": "release-notice-production-failed",
    "rollback_done": "release-notice-rollback-done",
    "rollback_failed": "release-notice-rollback-failed",
}
MUTABLE = tuple(topic for topic in Topic if topic is not Topic.TROUBLE)


def find_topic(event: Fields) -> Topic:
    """What an event is about."""
    return TOPICS.get(str(event.get("target", "")), Topic.TROUBLE)


def is_abort(event: Fields) -> bool:
    """Whether a person asked for the abort of a deployment: the workflow that goes back reports it when it is done."""
    return event.get("target") == "production_failed" and event.get("actor_kind") == "member"


def wants(preferences: Preferences, topic: Topic) -> bool:
    """Whether a person wants to be told of this."""
    return topic is Topic.TROUBLE or topic.value not in preferences.muted


def is_silent(preferences: Preferences, topic: Topic, now: datetime) -> bool:
    """Whether the phone stays quiet for it."""
    return topic is not Topic.TROUBLE and preferences.is_quiet(now)


def describe_notice(language: Language, release: Release, event: Fields, earlier: Sequence[Fields]) -> str:
    """What has happened, in Telegram HTML. `earlier` are the events before it."""
    target = str(event.get("target", ""))
    name = write_release_name(release.id)
    reason = shorten(_name_reason(language, event), REASON_CHARACTERS_MAX) or "—"
    who = shorten(str(event.get("actor_name") or ""), NAME_CHARACTERS_MAX) or "—"
    tag = shorten(release.rollback_to_tag, NAME_CHARACTERS_MAX) or "—"
    text = TEXTS.get(target)
    if target == "deploying" and event.get("actor_kind") == "time":
        text = "release-notice-overdue"
    elif is_abort(event):
        text = "release-notice-abort"
    if text is None:
        sign, status = sign_status(target), name_status(language, target)
        return html_text(language, "release-notice-other", sign=sign, release=name, status=status)
    facts = {
        "reason": reason,
        "who": who,
        "tag": tag,
        "lasted": write_duration(language, _find_duration(event, earlier)),
    }
    used = {key: facts[key] for key in _VARIABLES.get(text, ())}
    return html_text(language, text, release=name, **used)


_VARIABLES: Mapping[str, tuple[str, ...]] = {
    "release-notice-staging-failed": ("reason",),
    "release-notice-rejected": ("who", "reason"),
    "release-notice-cancelled": ("reason",),
    "release-notice-production-failed": ("reason",),
    "release-notice-abort": ("who",),
    "release-notice-rollback-done": ("tag", "lasted"),
    "release-notice-rollback-failed": ("tag",),
}


def _name_reason(language: Language, event: Fields) -> str:
    """Why it happened, or else where."""
    reason = name_event_reason(language, str(event.get("reason") or ""))
    return reason or name_phase(language, str(event.get("phase") or ""))


def _find_duration(event: Fields, earlier: Sequence[Fields]) -> timedelta:
    """How long the way back took."""
    began = [each for each in earlier if each.get("target") == "rollback" and not each.get("refusal")]
    return event["at"] - began[-1]["at"] if began else timedelta()
