"""Each chat has one release: whichever process asks, whatever the update is, as the share grows."""

import json
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.telegram.rollout import find_chat, find_person, is_candidate_chat, lane_of, place_of
from tests.security.corpus import find_message, kind_of, load_all, load_update

CHATS = range(1_000_000, 1_010_000)
STAGES = (0, 5, 25, 50, 100)
PERSON = 710_000_001
CORPUS = load_all()
PLACELESS = {"poll.closed"}
ODD_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["message", "chat", "from", "user", "id", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("percent", STAGES)
def test_share(percent: int) -> None:
    """About so many of a hundred chats, of people as of groups; nobody at 0, everybody at 100."""
    for chats in (CHATS, [-1_000_000_000_000 - chat_id for chat_id in CHATS]):
        share = sum(is_candidate_chat(chat_id, percent, ()) for chat_id in chats) / len(chats)
        assert abs(share - percent / 100) <= (0.015 if 0 < percent < 100 else 0)


@given(st.integers())
def test_who_is_in_stays_in(chat_id: int) -> None:
    """From stage to stage chats only join; the staff are in from the first."""
    chosen = [is_candidate_chat(chat_id, percent, ()) for percent in STAGES]
    assert chosen == sorted(chosen)
    assert is_candidate_chat(chat_id, 0, {chat_id})


@pytest.mark.parametrize(("chat_id", "place"), [(1, 13), (501, 22), (-1001, 84), (710_000_001, 47), (2**52, 61)])
def test_places_never_change(chat_id: int, place: int) -> None:
    """Written down here: another version of the code must not move a chat in the middle of a rollout."""
    assert place_of(chat_id) == place


def test_same_in_every_process() -> None:
    """Nothing random of the process goes into it."""
    code = "from shared.telegram.rollout import place_of; print([place_of(n) for n in range(-50, 50)])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603 — our own command
    assert json.loads(run.stdout) == [place_of(n) for n in range(-50, 50)]


@pytest.mark.parametrize("name", CORPUS)
def test_every_kind_tells_its_chat(name: str) -> None:
    """The chat where there is one, else the person, with blanks and as Telegram writes it, without; only a poll's count
    belongs to nobody."""
    update = CORPUS[name]
    [payload] = [value for value in update.values() if isinstance(value, dict)]
    places = ((find_message(update) or payload).get("chat"), payload.get("from"), payload.get("user"))
    expected = None if name in PLACELESS else next(place["id"] for place in places if place)
    assert find_chat(json.dumps(update).encode()) == expected
    assert find_chat(json.dumps(update, separators=(",", ":")).encode()) == expected


@pytest.mark.parametrize("name", CORPUS)
def test_every_kind_tells_its_person(name: str) -> None:
    """Whoever an update comes from, so that its bytes are found when they are erased; of what is no update, nobody."""
    update = CORPUS[name]
    [payload] = [value for value in update.values() if isinstance(value, dict)]
    senders = [payload[key]["id"] for key in ("from", "user") if key in payload]
    assert find_person(json.dumps(update).encode()) == (senders[0] if senders else None)
    assert find_person(json.dumps(update).encode()[:-1]) is None


@given(words=st.text(max_size=20), ensure_ascii=st.booleans())
def test_words_are_no_chat(words: str, *, ensure_ascii: bool) -> None:
    """Whatever people write, even what looks like a chat, is not taken for one."""
    for text in (words, f'{words}"chat":{{"id":2}}', f'\\"chat":{{"id":2}}{words}'):
        update = {"message": {"caption": text, "chat": {"id": 1, "title": text}}}
        written = json.dumps(update, separators=(",", ":"), ensure_ascii=ensure_ascii)
        assert find_chat(written.encode("utf-8", "surrogatepass")) == 1


def test_one_person_goes_one_way() -> None:
    """Messages, edits, presses with and without a message, inline queries, blocks: all agree with the private chat."""
    private = {
        name for name, update in CORPUS.items() if f'"id": {PERSON}' in json.dumps(update) and "group" not in name
    }
    kinds = {kind_of(name) for name in private if find_chat(json.dumps(CORPUS[name]).encode()) == PERSON}
    wanted = {"message", "edited_message", "callback_query", "inline_query", "my_chat_member", "poll_answer"}
    assert wanted | {"chosen_inline_result", "business_connection", "message_reaction"} <= kinds


def test_a_press_in_a_group_goes_with_the_group() -> None:
    """Not with the person who pressed."""
    update = load_update("callback_query.setting")
    update["callback_query"]["message"]["chat"] = {"id": -1001, "type": "group"}
    assert find_chat(json.dumps(update).encode()) == -1001


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"a":' * 100_000, b'{"message": []}', b'{"message": {}}',
        b'{"message": {"chat": {"id": true}}}', b'{"message": {"chat": {"id": 1.0}}}',
        b'{"message": {"chat": {"id": "1"}}}',
        b'{"message": {"chat": [1]}}', b'{"message": {"chat": {"id": 9223372036854775808}}}',
        b'{"message": {"chat": {"id": ' + b"9" * 5000 + b"}}}", b'{"callback_query": {"message": []}}',
    ],
)  # fmt: skip
def test_unreadable_is_stable(body: bytes) -> None:
    """Bytes that tell no chat are not the candidate's, not even when it serves all, and have a lane nevertheless."""
    assert find_chat(body) is None
    assert not is_candidate_chat(None, 100, {1})
    assert lane_of(None) == 0


@given(ODD_JSON | st.dictionaries(st.sampled_from(["message", "callback_query", "poll"]), ODD_JSON, max_size=3))
def test_never_raises_on_json(value: Any) -> None:
    """Whatever stands in it, an update has a release and a lane."""
    chat_id = find_chat(json.dumps(value).encode("utf-8", "surrogatepass"))
    assert is_candidate_chat(chat_id, 100, ()) is (chat_id is not None)
    assert lane_of(chat_id) in range(100)


@given(st.binary())
def test_never_raises_on_bytes(body: bytes) -> None:
    """Nor on what is no JSON at all."""
    assert not is_candidate_chat(find_chat(body), 0, ())


@pytest.mark.parametrize("queues", [2, 4, 8, 16])
def test_lanes_fill_queues_evenly(queues: int) -> None:
    """Chats spread over the queues, the fullest of which has a quarter more than its share, and each has one lane."""
    chats = range(-1_000_000, 1_000_000, 400)
    counts = Counter(lane_of(chat_id) % queues for chat_id in chats)
    assert len(counts) == queues
    assert max(counts.values()) < 1.25 * len(chats) / queues
