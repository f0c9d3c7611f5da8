"""The history of a release in words: who did what, when and why; refused attempts too. Pure."""

from collections.abc import Sequence

from shared.people.users import Language
from shared.ports import Fields
from shared.release_bot.event_texts import name_event_reason, name_need, name_phase
from shared.release_bot.names import NAME_CHARACTERS_MAX, name_status, shorten_digest, sign_status, write_release_name
from shared.release_bot.notice import is_abort
from shared.releases.decide_wish import GO_ON, PAUSE
from shared.texts import html_text, plain_text, shorten, write_short_moment

SHOWN_MAX = 12
"""Events in a message; the file has all of them."""
READ_MAX = 40
"""Events that are read for it: of the reports of one stage only the newest is shown."""
REASON_CHARACTERS_MAX = 120
ACTOR_TEXTS = {
    "build": "release-actor-build",
    "deploy": "release-actor-deploy",
    "rollback": "release-actor-rollback",
    "monitor": "release-actor-monitor",
    "time": "release-actor-time",
    "member": "release-actor-member",
    "stranger": "release-actor-stranger",
}

_WISHES = {PAUSE: "release-history-pause", GO_ON: "release-history-go-on"}


def describe_history(language: Language, id_: str, digest: str, events: Sequence[Fields]) -> str:
    """The newest events in Telegram HTML, at most about 3,500 of a message's 4,096 characters."""
    lines = [html_text(language, "release-history-title", release=write_release_name(id_))]
    if digest:
        lines.append(html_text(language, "release-card-digest", digest=shorten_digest(digest)))
    return "\n".join([*lines, "", *(_describe_event(language, each) for each in _list_shown(events))])


def _list_shown(events: Sequence[Fields]) -> list[Fields]:
    """The newest events; a rollout reports figures again and again, which would hide who has decided."""
    kept: list[Fields] = []
    for event in events:
        if kept and _find_stage(event) and _find_stage(event) == _find_stage(kept[-1]):
            kept.pop()
        kept.append(event)
    return kept[-SHOWN_MAX:]


def _find_stage(event: Fields) -> str:
    """The stage that a rollout reports; empty: it is another event."""
    is_report = event.get("actor_kind") == "deploy" and event.get("target") == "deploying"
    return _read(event, "phase").partition(";")[0] if is_report else ""


def write_history(events: Sequence[Fields]) -> str:
    """All events as lines of a text file, in the words of the documents: it is for tools and for later."""
    return "\n".join(_write_event(each) for each in events) + "\n"


def _describe_event(language: Language, event: Fields) -> str:
    wish, sign, at = _find_wish(event), sign_status(_read(event, "target")), write_short_moment(language, event["at"])
    phase = "" if wish else name_phase(language, _read(event, "phase"))
    if phase and _is_report(event):
        return html_text(
            language, "release-history-report", sign=sign, at=at, phase=shorten(phase, REASON_CHARACTERS_MAX)
        )
    who = _name_actor(language, event)
    status = plain_text(language, wish) if wish else name_status(language, _read(event, "target"))
    text = "release-history-refused" if _read(event, "refusal") else "release-history-event"
    line = html_text(language, text, sign=sign, at=at, who=who, status=status)
    notes = (
        phase,
        name_event_reason(language, _read(event, "reason")),
        name_need(language, _read(event, "refusal")),
    )
    note = shorten(" · ".join(each for each in notes if each), REASON_CHARACTERS_MAX)
    return f"{line}\n   " + html_text(language, "release-history-note", note=note) if note else line


def _is_report(event: Fields) -> bool:
    """Whether a workflow tells of a step within a state: who it is stands above."""
    is_within = event.get("source") == event.get("target") and not event.get("refusal")
    return is_within and event.get("actor_kind") != "member"


def _name_actor(language: Language, event: Fields) -> str:
    """Who it was; an App that started a workflow says nothing more than the workflow."""
    actor = plain_text(language, ACTOR_TEXTS.get(_read(event, "actor_kind"), "release-actor-stranger"))
    name = shorten(_read(event, "actor_name"), NAME_CHARACTERS_MAX)
    return actor if name.endswith("[bot]") else f"{actor} {name}".rstrip()


def _find_wish(event: Fields) -> str:
    """The text of what a person wants of a deployment, which its workflow carries out; empty: it is no such event."""
    if is_abort(event):
        return "release-history-abort"
    if event.get("target") != "deploying" or event.get("actor_kind") != "member":
        return ""
    return _WISHES.get(_read(event, "phase"), "release-history-start")


def _write_event(event: Fields) -> str:
    parts = [
        str(event.get("number", "")),
        event["at"].isoformat(),
        f"{_read(event, 'source') or '-'} -> {_read(event, 'target')}",
    ]
    parts.append(f"{_read(event, 'actor_kind')}:{_read(event, 'actor_id')} {_read(event, 'actor_name')}".rstrip())
    parts += [
        f"{name}: {' '.join(_read(event, name).split())}"
        for name in ("phase", "reason", "refusal", "hash")
        if _read(event, name)
    ]
    return " | ".join(parts)


def _read(event: Fields, name: str) -> str:
    """A field as text; empty if it is missing. Another release of ours may have written the event."""
    return str(event.get(name) or "")
