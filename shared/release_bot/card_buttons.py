"""Which buttons a card has, for one member at one state. Pure: whether a press counts is decided in its commit."""

from shared.people.users import Language
from shared.ports import Button
from shared.release_bot.buttons import Action, write_page, write_press
from shared.release_bot.card import CardFacts
from shared.release_bot.names import find_repository, is_link
from shared.release_bot.votes import has_voted
from shared.releases.actor import Member, Permission
from shared.releases.quorum import is_quorum, list_counted
from shared.releases.release import ABORT_LIMIT, UNDECIDED, OutgoingKind, Release, Status
from shared.texts import plain_text

Rows = tuple[tuple[Button, ...], ...]
_LABELS = {
    Action.APPROVE: "release-button-approve",
    Action.REJECT: "release-button-reject",
    Action.TAKE_BACK: "release-button-take-back",
    Action.CANCEL: "release-button-cancel",
    Action.START: "release-button-start",
    Action.PAUSE: "release-button-pause",
    Action.GO_ON: "release-button-go-on",
    Action.ABORT: "release-button-abort",
    Action.ROLL_BACK: "release-button-roll-back",
    Action.LOOK: "release-button-look",
    Action.HISTORY: "release-button-history",
}
IN_TROUBLE = frozenset({Status.DEPLOYED, Status.PRODUCTION_FAILED, Status.ROLLBACK_FAILED})
"""The states that somebody can go back from."""
_ROWS = (
    (Action.APPROVE, Action.REJECT),
    (Action.START, Action.TAKE_BACK),
    (Action.PAUSE, Action.GO_ON, Action.ABORT, Action.ROLL_BACK),
    (Action.CANCEL,),
)


def list_actions(facts: CardFacts, viewer: Member) -> frozenset[Action]:
    """The steps that this member is offered. A finished release has none: going back is offered by what runs where."""
    release, actor = facts.release, viewer.actor
    found = set[Action]()
    is_initiator = not actor.github_ids.isdisjoint(release.initiator_ids)
    if actor.may(Permission.APPROVE) and release.status is Status.MANUAL_TESTING and _is_candidate(facts):
        found |= {Action.REJECT}
        is_done = has_voted(release, viewer.telegram_id) and not _is_agreed(facts)
        found |= set() if is_initiator or is_done else {Action.APPROVE}
    if release.status is Status.MANUAL_TEST_PASSED:
        found |= {Action.TAKE_BACK} if actor.may(Permission.APPROVE) else set()
        is_started = any(each.kind is OutgoingKind.DEPLOYMENT for each in release.outbox)
        found |= {Action.START} if actor.may(Permission.START) and not is_started else set()
    if release.status is Status.DEPLOYING and actor.may(Permission.ABORT) and not _is_abort_underway(facts):
        found.add(Action.ABORT)
        if not release.is_abort_asked:
            found.add(Action.PAUSE if release.paused_at is None else Action.GO_ON)
    if release.status is Status.ROLLBACK_FAILED and actor.may(Permission.ROLL_BACK):
        found.add(Action.ROLL_BACK)
    if release.status in UNDECIDED and (is_initiator or actor.may(Permission.CANCEL)):
        found.add(Action.CANCEL)
    return frozenset(found)


def _is_agreed(facts: CardFacts) -> bool:
    """Whether the votes that are there are enough by now: one more press passes the release."""
    return is_quorum(facts.environment.quorum, list_counted(facts.release, facts.voters))


def can_leave(facts: CardFacts, viewer: Member) -> bool:
    """Whether this member may go back from what this release has brought."""
    release = facts.release
    is_live = facts.environment.live.get(release.service_name) == release.id
    is_past = release.status is Status.DEPLOYED and not is_live
    return release.status in IN_TROUBLE and not is_past and viewer.actor.may(Permission.ROLL_BACK)


def make_rows(
    language: Language, facts: CardFacts, viewer: Member, nonce: str, staging_bot_url: str, *, is_opened: bool = False
) -> Rows:
    """The buttons under a card. `is_opened`: the member asked for it, so going back is offered too."""
    actions = list_actions(facts, viewer)
    if is_opened and can_leave(facts, viewer):
        actions |= {Action.ROLL_BACK}
    offered = (tuple(each for each in row if each in actions) for row in _ROWS)
    rows = [tuple(label(language, action, nonce) for action in row) for row in offered if row]
    links = list_links(language, facts, staging_bot_url)
    look = (label(language, Action.HISTORY, nonce), label(language, Action.LOOK, nonce))
    menu = (
        Button(plain_text(language, "release-button-menu"), write_page("menu")),
    )  # a card stays a card: the menu is another message
    return (*rows, *([links] if links else []), look, menu)


def label(language: Language, action: Action, nonce: str, argument: str = "", text: str = "") -> Button:
    """One button of a step."""
    return Button(text or plain_text(language, _LABELS[action]), write_press(action, nonce, argument))


def list_links(language: Language, facts: CardFacts, staging_bot_url: str) -> tuple[Button, ...]:
    """Buttons that open the run, its log, what changes in production, and the bot on staging."""
    release, found = facts.release, list[Button]()
    if is_link(release.github_action_link):
        found.append(Button(plain_text(language, "release-button-run"), url=release.github_action_link))
    if is_link(release.log_link) and release.log_link != release.github_action_link:
        found.append(Button(plain_text(language, "release-button-log"), url=release.log_link))
    if is_link(diff := find_diff(release, facts.live)):
        found.append(Button(plain_text(language, "release-button-diff"), url=diff))
    if release.status is Status.MANUAL_TESTING and is_link(staging_bot_url):
        found.append(Button(plain_text(language, "release-button-staging"), url=staging_bot_url))
    return tuple(found)


def find_diff(release: Release, live: Release | None) -> str:
    """Where GitHub shows what this release changes in production, or its commits where nothing is live."""
    repository = find_repository(release)
    if not repository:
        return ""
    is_other = live is not None and live.commit != release.commit
    return (
        f"{repository}/compare/{live.commit}...{release.commit}"
        if is_other and live
        else (f"{repository}/commit/{release.commit}")
    )


def _is_candidate(facts: CardFacts) -> bool:
    return facts.environment.candidate.get(facts.release.service_name) == facts.release.id


def _is_abort_underway(facts: CardFacts) -> bool:
    """Whether an abort has still time; after that it can be asked for again."""
    release, asked_at = facts.release, facts.release.abort_asked_at
    return release.is_abort_asked and (asked_at is None or facts.now < asked_at + ABORT_LIMIT)
