"""Two thousand hostile updates from one seed: nonsense, forged buttons, strange albums, broken genuine updates."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

from tests.security.corpus import find_message, load_update, read_files
from tests.security.mutation import ODD_VALUES, TEXTS, mutate, write_bytes
from tests.security.nonsense import list_nonsense

Json = dict[str, Any]

STORM_SIZE = 2000
HOSTILE_IDS = range(711_000_001, 711_000_026)
CORPUS_PERSON, CORPUS_GROUP = b"710000001", b"-1000000710001"
HOSTILE_GROUPS = range(-1_000_000_711_006, -1_000_000_711_000)
"""Several: in one group the bot says something once in a few seconds only, and the storm would last for minutes."""
UPDATE_ID_FIRST = 30_000_000
REPEATED_SHARE = 0.05


@dataclass(frozen=True)
class Victim:
    """Somebody who has a picture and does nothing, while others forge buttons in their name."""

    user_id: int
    job_id: str
    message_id: int
    nonce: str


def make_storm(seed: int, victims: tuple[Victim, ...], size: int = STORM_SIZE) -> list[bytes]:
    """The bodies, in the order in which they are sent. The same seed and victims give the same storm."""
    chance = Random(seed)  # noqa: S311 — a seeded game of chance, not a secret
    ids = iter(range(UPDATE_ID_FIRST, UPDATE_ID_FIRST + 10 * size))
    chosen = [case.body for case in list_nonsense()]
    chosen += [json.dumps(update).encode() for update in make_taps(chance, ids, victims)]
    chosen += [json.dumps(update).encode() for update in make_albums(chance, ids)]
    while len(chosen) < size:
        body = write_bytes(mutate(make_genuine(chance, ids), chance), chance)
        chosen += [body, body] if chance.random() < REPEATED_SHARE else [body]
    chance.shuffle(chosen)
    return chosen[:size]


def make_genuine(chance: Random, ids: Iterator[int]) -> Json:
    """An update of the corpus, sent by one of the hostile people, never sent before."""
    name = chance.choice([*read_files()])
    person = str(chance.choice(HOSTILE_IDS)).encode()
    group = str(chance.choice(HOSTILE_GROUPS)).encode()
    update: Json = json.loads(read_files()[name].replace(CORPUS_PERSON, person).replace(CORPUS_GROUP, group))
    return _renumber(update, ids)


def make_taps(chance: Random, ids: Iterator[int], victims: tuple[Victim, ...]) -> Iterator[Json]:
    """Button presses with data nobody ever wrote into a button."""
    for data in list_forged_data(victims):
        presser = chance.choice(HOSTILE_IDS)
        victim = chance.choice(victims)
        chat = chance.choice((presser, victim.user_id, -1_000_000_710_001))
        yield make_tap(data, presser, chat, victim.message_id, next(ids))


def make_tap(data: Any, presser: int, chat_id: int, message_id: int, update_id: int) -> Json:
    """One press."""
    update = load_update("callback_query.again")
    query = update["callback_query"]
    query["from"]["id"] = presser
    query["message"]["chat"] = {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup"}
    query["message"]["message_id"] = message_id
    return {"update_id": update_id, "callback_query": query | {"id": str(update_id), "data": data}}


def list_forged_data(victims: tuple[Victim, ...]) -> list[Any]:
    """Other people's jobs and settings, ids that are none, and shapes that are no data at all."""
    owned = [(action, victim) for action in ACTIONS for victim in victims]
    return [
        *(f"1;{action};{victim.job_id};{victim.nonce}" for action, victim in owned),
        *(f"1;{action};{victim.job_id}" for action, victim in owned),
        *(f"1;{action};{job_id};n" for action, job_id in product(ACTIONS, JOB_IDS)),
        *(f"1;set;{choice};{victim.user_id}" for victim in victims for choice in CHOICES),
        *(f"1;set;{choice};{HOSTILE_IDS[0]}" for choice in CHOICES),
        *(f"1;ex;{number};{nonce}" for number in ("0", "4", "-1", "", "²", "1;1", "9" * 50) for nonce in ("", "n")),
        *(
            "",
            ";",
            "1",
            "1;",
            ";;;;",
            "2;again",
            "1;again",
            "1;set",
            "1;ex",
            "0;set;ratio;16:9",
            "again",
            "1;AGAIN;x;y",
        ),
        *("1;" * 100, "1;again;" + "a;" * 5000, "{}", '{"a":1}', "1;__init__;x", "1;press_again;x", "1;\0;\0"),
        *TEXTS,
        *(value for value in ODD_VALUES if not isinstance(value, str)),
    ]


ACTIONS = ("again", "edit", "original", "delete", "cancel")
JOB_IDS = (
    *(
        "AAAAAAAAAAAAAAAA",
        "a/b",
        "a/b/c",
        "/",
        "//",
        ".",
        "..",
        "__x__",
        "__AAAAAAAAAAAA__",
        "\0",
        " ",
        "*",
        "a" * 1501,
    ),
    *("\ud800", "💩", "../users/1", "%2e%2e", "AAAAAAAAAAAAAAA=", "\u202e", "jobs/AAAAAAAAAAAAAAAA", "x\n", "null"),
)
CHOICES = (
    *("ratio;16:9", "ratio;17:9", "size;4K", "size;8K", "count;4", "count;99", "count;²", "model;best", "model;free"),
    *("original;on", "original;maybe", "language;ru", "language;xx", "balance;1000000", "account;{}", ";", "id;1"),
)


def make_albums(chance: Random, ids: Iterator[int]) -> Iterator[Json]:
    """Parts without end, parts of two chats, of two people, without pictures, and with file ids of any length."""
    for group, (length, parts) in enumerate(((30, 14), (2000, 12), (120_000, 12), (200_000, 6), (0, 3))):
        for part in range(parts):
            yield make_part(f"{719_500 + group}", "f" * length + str(part) if length else "", chance, ids)
    for group_id in ("", "\0", "\ud800", "🦊", "a/b", "..", "__x__", "9" * 3000):
        for part in range(2):
            yield make_part(group_id, f"odd-{part}", chance, ids)
    for number, value in enumerate(ODD_VALUES):
        update = make_part("7" * number, "typed", chance, ids)
        update["message"]["media_group_id"] = value
        yield update


def make_part(group_id: str, file_id: str, chance: Random, ids: Iterator[int]) -> Json:
    """One part of an album."""
    update = _renumber(load_update(chance.choice(("message.album_1", "message.album_2"))), ids)
    message = update["message"]
    # One person per album: were they all one person's, the pace of that chat would make the storm last for minutes.
    message["from"]["id"] = message["chat"]["id"] = HOSTILE_IDS[len(group_id) % len(HOSTILE_IDS)]
    message["photo"] = message["photo"][:1]
    message["photo"][0]["file_id"] = file_id
    message["media_group_id"] = group_id
    return update


def _renumber(update: Json, ids: Iterator[int]) -> Json:
    update["update_id"] = next(ids)
    message = find_message(update)
    if message is not None:
        message["message_id"] = update["update_id"]
    return update
