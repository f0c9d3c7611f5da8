"""What the screens say: it fits, it is escaped, and it is in words."""

from datetime import timedelta

import pytest

from shared.errors import (
    UnusableUpdateError,
)
from shared.people.users import LANGUAGES, Language
from shared.release_bot.buttons import Action
from shared.release_bot.card import CardFacts, describe_card
from shared.release_bot.names import is_link, name_status, sign_status, write_duration
from shared.release_bot.questions import read_reason
from shared.release_bot.read_update import read_update
from shared.release_bot.refusal_texts import ALERT_CHARACTERS_MAX, describe_refusal
from shared.release_bot.rollout_phase import RolloutPhase, read_figures, read_rollout_phase
from shared.release_bot.votes import count_votes, would_pass
from shared.releases.actor import Account, Member, Role
from shared.releases.attempt import Need, Refusal, RefusalKind
from shared.releases.environment import PRODUCTION, Environment
from shared.releases.release import Release, ReleaseKind, Status
from shared.texts import plain_text
from tests.fakes.releases import BEGUN

LINK = "https://github.com/team/bot/actions/runs/71"
HOSTILE = '<a href="https://evil.test">&'


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fullest_card_fits(language: Language) -> None:
    """With everything that a hostile branch, author and workflow can put into it, it has room in a message."""
    people = tuple(Member(n, HOSTILE * 10, tuple(Role), n + 100) for n in range(1, 8))
    release = Release(
        *("a" * 60, "v1.0.0-" + "x" * 100, "c" * 40, "d" * 40, "7" * 19, 900, BEGUN),
        initiated_by_login=HOSTILE * 9,
        initiators=tuple(Account(n, HOSTILE * 9) for n in range(20)),
        github_ref="refs/heads/" + HOSTILE * 6,
        github_action_link=LINK,
        log_link=LINK + "1",
        kind=ReleaseKind.HOTFIX,
        status=Status.DEPLOYING,
        phase=("candidate: " + HOSTILE * 3 + "; stable: 0.1 % errors, 2 s; verdict: odd; 100 %; 101 %; " + HOSTILE * 9)[
            :200
        ],
        digest="sha256:" + "a" * 64,
        rollback_to_tag="v" + "9" * 127,
        superseded_by="a_" + "v" * 120,
        deadline_at=BEGUN + timedelta(days=3),
        completed_at=BEGUN,
        is_abort_asked=True,
        deployment_run_id="8" * 19,
    )
    facts = CardFacts(release, Environment(PRODUCTION, hold=HOSTILE * 20), people, release, BEGUN)
    text = describe_card(language, facts)
    assert len(text) < 4096
    assert "<a" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("need", Need)
def test_every_refusal_is_an_alert(language: Language, need: Need) -> None:
    """At most 200 characters, with or without a release; so are all toasts."""
    for status in (None, *Status):
        release = None if status is None else Release("a", "v1.0.0", "", "", "", 1, BEGUN, status=status)
        assert len(describe_refusal(language, Refusal(RefusalKind.NOT_ALLOWED, need), release)) <= ALERT_CHARACTERS_MAX
    for text in ("not-here", "no-member"):
        assert len(plain_text(language, f"release-bot-{text}")) <= ALERT_CHARACTERS_MAX
    assert len(plain_text(language, "release-button-not-yours")) <= ALERT_CHARACTERS_MAX


def test_a_refusal_says_what_is_allowed_instead() -> None:
    """What the table has for this person now, or that the card has it."""
    release = Release("a", "v1.0.0", "", "", "", 1, BEGUN, status=Status.MANUAL_TESTING)
    allowed = (Status.MANUAL_TEST_FAILED, Status.CANCELLED)
    refusal = Refusal(RefusalKind.NOT_ALLOWED, Need.NO_STEP, allowed)
    assert describe_refusal("en", refusal, release).endswith("You can: reject, cancel it.")
    everything = Refusal(RefusalKind.NOT_ALLOWED, Need.NO_STEP, tuple(Status))
    for language in LANGUAGES:
        assert len(describe_refusal(language, everything, release)) <= ALERT_CHARACTERS_MAX


def test_a_release_of_nobody_known() -> None:
    """Without a login the account's number is shown, and nobody's changes."""
    release = Release("a", "v1.0.0", "", "", "", 900, BEGUN)
    text = describe_card("en", CardFacts(release, Environment(PRODUCTION), (), None, BEGUN))
    assert "Begun by 900" in text
    assert "Changes of" not in text


def test_words_for_what_is_unknown() -> None:
    """A state of a later release is shown by its name; durations have two units; only plain addresses are opened."""
    assert (name_status("en", "paused"), sign_status("paused")) == ("paused", "⚪️")
    assert [write_duration("en", timedelta(seconds=n)) for n in (-1, 61, 3_660, 90_000)] == [
        "0 s",
        "1 min 1 s",
        "1 h 1 min",
        "1 d 1 h",
    ]
    assert is_link(LINK)
    bad = ("", "http://github.com/", "https://a b/", 'https://x/"', "javascript:1", LINK + "x" * 300)
    assert not any(map(is_link, bad))
    assert read_reason("en", Action.REJECT, "0") == "It has a fault"
    assert [read_reason("en", action, "99") for action in (Action.REJECT, Action.APPROVE)] == ["", ""]


def test_a_phase_of_another_form() -> None:
    """It is shown as it is."""
    assert read_figures("many errors") is None
    assert read_figures("0 % errors, 1.2 s") == ("0", "1.2", "s")
    assert read_rollout_phase("probing; 999 %;; verdict: ") == RolloutPhase(rest="probing; 999 %; verdict:")


def test_votes_that_do_not_count() -> None:
    """Who lost the role is shown as void; the initiator's approval would pass nothing; a lone seat is named."""
    release = Release("a", "v1.0.0", "", "", "", 900, BEGUN, digest="d")
    viewer, initiator = Member(1, "Vi", (Role.VIEWER,), 101), Member(2, "In", (Role.QA,), 900)
    environment = Environment(PRODUCTION, quorum={"qa": 1})
    assert count_votes(release, environment, []).missing == ("qa",)
    assert not would_pass(release, environment, [], initiator)
    assert not would_pass(release, environment, [], viewer)
    assert would_pass(release, environment, [], Member(3, "Qu", (Role.QA,), 103))


def test_an_update_that_is_none() -> None:
    """JSON without an update's number is refused."""
    for body in (b"[]", b"{}", b"no"):
        with pytest.raises(UnusableUpdateError):
            read_update(body)
