"""The screens between a button and its step: what is agreed to, why, back to where. Pure."""

from collections.abc import Sequence

from shared.people.users import Language
from shared.ports import Button, Screen
from shared.release_bot.buttons import TARGETS_MAX, Action
from shared.release_bot.card import CardFacts
from shared.release_bot.card_buttons import label
from shared.release_bot.describe_changes import describe_changes
from shared.release_bot.names import name_status, shorten_digest, sign_status, write_release_name
from shared.release_bot.votes import would_pass
from shared.releases.actor import Member
from shared.releases.release import Release, Status
from shared.texts import html_text, plain_text

YES = "yes"
WORDS = "words"
OPEN = "open"
FILE = "file"
LEAVE = "leave"
"""Of a question that is a message of its own: nothing is to be done."""
REASONS = {
    Action.REJECT: ("release-reason-fault", "release-reason-slow", "release-reason-texts", "release-reason-unfinished"),
    Action.CANCEL: ("release-reason-not-needed", "release-reason-unfinished", "release-reason-fault"),
}
"""Reasons by button. A button names its reason by its place, so new ones come last."""
OTHERS_MAX = 5
"""Releases that one cannot go back to, with why not."""


def ask_approval(language: Language, facts: CardFacts, voter: Member, nonce: str) -> Screen:
    """What the person agrees to, and whether the deployment starts with it."""
    release = facts.release
    live = "—" if facts.live is None else write_release_name(facts.live.id)
    lines = [
        html_text(language, "release-approve-what", release=write_release_name(release.id), live=live),
        html_text(language, "release-card-digest", digest=shorten_digest(release.digest)),
    ]
    if changes := "\n".join(describe_changes(language, release)):
        lines.append(changes)
    if would_pass(release, facts.environment, facts.voters, voter):
        lines.append(html_text(language, "release-approve-last"))
    else:
        lines.append(html_text(language, "release-approve-not-last"))
    yes = plain_text(language, "release-button-approve-yes")
    return _make_screen(language, "\n\n".join(lines), Action.APPROVE, nonce, yes)


def ask_start(language: Language, facts: CardFacts, nonce: str) -> Screen:
    """Whether the workflow is to be started once more."""
    text = html_text(language, "release-start-what", release=write_release_name(facts.release.id))
    return _make_screen(language, text, Action.START, nonce, plain_text(language, "release-button-start-yes"))


def ask_abort(language: Language, facts: CardFacts, nonce: str) -> Screen:
    """Whether a running deployment is to be taken back: a message of its own, as each stage draws the card anew."""
    live = "—" if facts.live is None else write_release_name(facts.live.id)
    text = html_text(language, "release-abort-what", release=write_release_name(facts.release.id), live=live)
    yes = label(language, Action.ABORT, nonce, YES, plain_text(language, "release-button-abort-yes"))
    return Screen(
        text, ((yes,), (label(language, Action.LOOK, nonce, LEAVE, plain_text(language, "release-button-leave")),))
    )


def tell_abort(language: Language, words: str, nonce: str) -> Screen:
    """What came of that question."""
    opened = label(language, Action.LOOK, nonce, OPEN, plain_text(language, "release-button-open"))
    return Screen(html_text(language, "release-words", words=words), ((opened,),))


def ask_reason(language: Language, facts: CardFacts, action: Action, nonce: str) -> Screen:
    """Why: reasons as buttons, or words."""
    asked = "release-reject-why" if action is Action.REJECT else "release-cancel-why"
    text = html_text(language, asked, release=write_release_name(facts.release.id))
    reasons = enumerate(REASONS[action])
    rows = [(label(language, action, nonce, str(place), plain_text(language, reason)),) for place, reason in reasons]
    words = label(language, action, nonce, WORDS, plain_text(language, "release-button-words"))
    return Screen(text, (*rows, (words,), (_back(language, nonce),)))


def read_reason(language: Language, action: Action, argument: str) -> str:
    """The reason that a button names; empty: there is none of this number."""
    reasons = REASONS.get(action, ())
    is_place = argument.isascii() and argument.isdecimal() and int(argument) < len(reasons)
    return plain_text(language, reasons[int(argument)]) if is_place else ""


def list_targets(release: Release, others: Sequence[Release]) -> list[Release]:
    """Where one can go back to: what was deployed and never given up, the newest first."""
    good = (each for each in others if each.id != release.id and each.status is Status.DEPLOYED)
    return list(good)[:TARGETS_MAX]


def ask_target(language: Language, release: Release, others: Sequence[Release], nonce: str) -> Screen:
    """Where to go back to, and why not to the others."""
    targets, name = list_targets(release, others), write_release_name(release.id)
    lines = [html_text(language, "release-back-where" if targets else "release-back-nowhere", release=name)]
    refused = [each for each in others if each.id != release.id and each.status is not Status.DEPLOYED][:OTHERS_MAX]
    if refused:
        lines += ["", html_text(language, "release-back-not-to")]
    lines += [_describe(language, each) for each in refused]
    rows = [
        (label(language, Action.ROLL_BACK, nonce, str(place), f"⏪ {write_release_name(each.id)}"),)
        for place, each in enumerate(targets)
    ]
    return Screen("\n".join(lines), (*rows, (_back(language, nonce),)))


def _describe(language: Language, release: Release) -> str:
    name, sign = write_release_name(release.id), sign_status(release.status)
    status = name_status(language, release.status)
    return html_text(language, "release-bot-line", sign=sign, release=name, status=status)


def _make_screen(language: Language, text: str, action: Action, nonce: str, yes: str) -> Screen:
    return Screen(text, ((label(language, action, nonce, YES, yes),), (_back(language, nonce),)))


def _back(language: Language, nonce: str) -> Button:
    return label(language, Action.LOOK, nonce, text=plain_text(language, "release-button-back"))
