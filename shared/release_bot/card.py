"""The card of a release, in words: every field of its document, its votes, and its rollout. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.people.users import Language
from shared.release_bot.describe_changes import describe_changes
from shared.release_bot.event_texts import name_phase, name_stage, name_verdict
from shared.release_bot.names import (
    NAME_CHARACTERS_MAX,
    list_blocks,
    name_roles,
    name_status,
    shorten_digest,
    sign_status,
    write_decimal,
    write_duration,
    write_release_name,
    write_time,
)
from shared.release_bot.rollout_phase import draw_percent, read_figures, read_rollout_phase
from shared.release_bot.votes import count_votes
from shared.releases.actor import Member
from shared.releases.environment import Environment
from shared.releases.release import UNDECIDED, Release, ReleaseKind, Status
from shared.texts import html_text, plain_text, shorten

HASH_CHARACTERS = 12
AUTHORS_MAX = 8
_VOTED = frozenset({Status.MANUAL_TESTING, Status.MANUAL_TEST_PASSED})
PHASE_CHARACTERS_MAX = 200


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card is drawn from, as it was read together."""

    release: Release
    environment: Environment
    voters: tuple[Member, ...]
    """Everybody who approved, with their roles of now."""
    live: Release | None
    """What production serves of the service; None: nothing that was released this way."""
    now: datetime


def describe_card(language: Language, facts: CardFacts) -> str:
    """The card in Telegram HTML, at most about 2,500 of the 4,096 characters of a message."""
    changes = tuple(describe_changes(language, facts.release))
    shown, folded = (changes, ()) if facts.release.status in UNDECIDED else ((), changes)
    blocks = (
        _describe_state(language, facts),
        _describe_rollout(language, facts),
        _describe_now(language, facts),
        _describe_votes(language, facts),
        shown,
    )
    details = (*folded, *_describe_origin(language, facts.release), *_describe_times(language, facts.release))
    quote = "<blockquote expandable>{}</blockquote>".format("\n".join(details))  # folded: a live card fits on a phone
    return "\n\n".join([*("\n".join(lines) for lines in map(list, blocks) if lines), quote])


def find_start(release: Release) -> datetime:
    """Since when the release is in its state."""
    return release.entered_at.get(release.status, release.completed_at or release.started_at or release.created_at)


def _describe_state(language: Language, facts: CardFacts) -> Iterator[str]:
    release = facts.release
    name, status = write_release_name(release.id), name_status(language, release.status)
    yield html_text(language, "release-card-title", sign=sign_status(release.status), release=name, status=status)
    if release.kind is ReleaseKind.HOTFIX:
        yield html_text(language, "release-card-hotfix")
    if release.superseded_by:
        yield html_text(language, "release-card-superseded", release=write_release_name(release.superseded_by))
    if release.rollback_to_tag:
        tag = shorten(release.rollback_to_tag, NAME_CHARACTERS_MAX)
        yield html_text(language, "release-card-back-to", tag=tag)
    if release.is_abort_asked:
        yield html_text(language, "release-card-abort-asked")
    elif release.paused_at is not None:
        yield html_text(language, "release-card-paused", at=write_time(language, release.paused_at))
    if release.phase and release.status is not Status.DEPLOYING:
        yield _describe_phase(language, release.phase)
    if release.status in UNDECIDED:
        yield from list_blocks(language, facts.environment, facts.now)


def _describe_rollout(language: Language, facts: CardFacts) -> Iterator[str]:
    if facts.release.status is not Status.DEPLOYING:
        return
    phase = read_rollout_phase(facts.release.phase)
    if phase.stage:
        yield html_text(language, "release-rollout-stage", stage=name_stage(language, phase.stage))
    if phase.percent is not None:
        yield html_text(
            language, "release-rollout-percent", bar=draw_percent(phase.percent), percent=str(phase.percent)
        )
    live = facts.live
    stable = "" if live is None or live.id == facts.release.id else shorten(live.release_tag, NAME_CHARACTERS_MAX)
    if phase.candidate:
        tag, figures = (
            shorten(facts.release.release_tag, NAME_CHARACTERS_MAX),
            _write_figures(language, phase.candidate),
        )
        yield html_text(language, "release-rollout-candidate", tag=tag, figures=figures)
    if phase.stable:
        figures = _write_figures(language, phase.stable)
        yield html_text(language, "release-rollout-stable", tag=stable or "—", figures=figures)
    if phase.verdict:
        yield html_text(language, "release-rollout-verdict", verdict=name_verdict(language, phase.verdict))
    if phase.rest:
        yield _describe_phase(language, phase.rest)


def _write_figures(language: Language, figures: str) -> str:
    """Figures in the reader's language; those of another form as they are."""
    found = read_figures(figures)
    if found is None:
        return figures
    errors, latency, unit = found
    text = "release-rollout-figures-ms" if unit == "ms" else "release-rollout-figures-s"
    return plain_text(language, text, errors=write_decimal(language, errors), latency=write_decimal(language, latency))


def _describe_phase(language: Language, phase: str) -> str:
    return html_text(language, "release-card-phase", phase=shorten(name_phase(language, phase), PHASE_CHARACTERS_MAX))


def _describe_votes(language: Language, facts: CardFacts) -> Iterator[str]:
    release = facts.release
    if not release.votes and release.status not in _VOTED:
        return
    votes = count_votes(release, facts.environment, facts.voters)
    yield html_text(language, "release-votes", filled=str(votes.filled), seats=str(votes.seats))
    for member in votes.counted:
        yield html_text(language, "release-vote", name=name_member(member), roles=name_roles(language, member.roles))
    for member in votes.void:
        yield html_text(language, "release-vote-void", name=name_member(member))
    if votes.missing and release.status in _VOTED:
        yield html_text(language, "release-votes-missing", roles=name_roles(language, votes.missing))


def name_member(member: Member) -> str:
    """A member's name, or their number."""
    return shorten(member.name, NAME_CHARACTERS_MAX) or str(member.telegram_id)


def _describe_origin(language: Language, release: Release) -> Iterator[str]:
    login = shorten(release.initiated_by_login, NAME_CHARACTERS_MAX) or str(release.initiated_by_id)
    yield html_text(language, "release-card-initiator", login=login)
    authors = ", ".join(shorten(each.login) for each in release.initiators[:AUTHORS_MAX])
    if authors:
        yield html_text(language, "release-card-authors", logins=authors)
    if release.github_ref:
        ref = release.github_ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
        yield html_text(language, "release-card-ref", ref=shorten(ref, NAME_CHARACTERS_MAX))
    hashes = (release.commit[:HASH_CHARACTERS], release.tree[:HASH_CHARACTERS])
    yield html_text(language, "release-card-hashes", commit=hashes[0], tree=hashes[1])
    if release.digest:
        yield html_text(language, "release-card-digest", digest=shorten_digest(release.digest))
    runs = [run for run in (release.github_run_id, release.deployment_run_id) if run]
    yield html_text(language, "release-card-runs", runs=", ".join(runs) or "—", rev=str(release.rev))


def _describe_now(language: Language, facts: CardFacts) -> Iterator[str]:
    release, since = facts.release, find_start(facts.release)
    lasted = write_duration(language, facts.now - since)
    yield html_text(language, "release-card-since", at=write_time(language, since), lasted=lasted)
    if release.deadline_at is not None:
        yield html_text(language, "release-card-deadline", at=write_time(language, release.deadline_at))


def _describe_times(language: Language, release: Release) -> Iterator[str]:
    yield html_text(language, "release-card-begun", at=write_time(language, release.created_at))
    if release.started_at is not None:
        yield html_text(language, "release-card-started", at=write_time(language, release.started_at))
    if release.completed_at is not None:
        whole = write_duration(language, release.completed_at - release.created_at)
        yield html_text(language, "release-card-completed", at=write_time(language, release.completed_at), lasted=whole)
