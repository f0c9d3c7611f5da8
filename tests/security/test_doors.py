"""Requests without the secret or a token are refused, and none causes an error."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random

import pytest
import pytest_asyncio

from infra.functions import FUNCTIONS, QUEUE_NAMES, WORKERS
from infra.local.options import only
from infra.local.ports import choose_free_ports
from infra.local.tasks import TasksServer, run_tasks_server
from tests.security.bad_tokens import Forger, bearer
from tests.security.near_secrets import SECRETS_COUNT, list_wrong_headers
from tests.security.raw_http import SECRET_HEADER, Answer, Headers, ask, hang_up, write_request
from tests.security.stage import WEBHOOK_SECRET, Stage, open_stage
from tests.security.storm import JOB_IDS, make_part, make_tap

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.emulator]

UPDATE = json.dumps(
    {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "from": {"id": 5, "is_bot": False, "first_name": "Ann"},
            "chat": {"id": 5, "type": "private"},
            "pinned_message": {},
        },
    }
).encode()
"""A genuine one that leads to a mark in the inbox and to no message."""
JOB = b'{"job": "AAAAAAAAAAAAAAAA"}'
BODIES = {"bot": UPDATE, "image": JOB, "chat": JOB, "video": JOB, "sweep": b""}
REFUSED = {0, 400, 401, 403, 404, 405, 426, 431}
"""0: the server hung up, as it may on what is not HTTP."""
RIGHT: Headers = ((SECRET_HEADER, WEBHOOK_SECRET.encode()),)


@dataclass
class Doors:
    """The functions, and a Tasks server in this process, whose key the tests can use."""

    stage: Stage
    tasks: TasksServer
    forger: Forger

    def port(self, function: str) -> int:
        return self.stage.system.options.ports[function]

    async def ask(self, function: str, request: bytes) -> Answer:
        """One request by hand; what it answers is kept for the last test."""
        answer = await ask(self.port(function), request)
        self.stage.bodies.append(answer.body)
        return answer

    async def knock(self, function: str, authorization: bytes | None) -> int:
        """The status of a task call that would do something."""
        headers = () if authorization is None else ((b"Authorization", authorization),)
        return (await self.ask(function, write_request(b"POST", b"/", headers, BODIES[function]))).status

    async def hand_over(self, update: bytes, headers: Headers = ()) -> int:
        """What `bot` answers to an update under a good token."""
        token = self.forger.sign(self.stage.system.urls["bot"])
        request = write_request(b"POST", b"/", ((b"Authorization", bearer(token)), *headers), update)
        return (await self.ask("bot", request)).status

    def count_tasks(self) -> int:
        return sum(stats.created for stats in self.tasks.stats().values())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(firestore_emulator: str) -> AsyncIterator[Doors]:
    ports = choose_free_ports()
    project = "test-security-doors"
    names = {*WORKERS, *(name for names in QUEUE_NAMES.values() for name in names)}
    queues = [f"projects/{project}/locations/local/queues/{name}" for name in names]
    async with run_tasks_server(queues, port=ports["tasks"], http_port=ports["tasks_http"]) as tasks:
        for queue in tasks.store.queues.values():
            queue.pause()
        chosen = {"parts": only("firestore", *FUNCTIONS), "ports": ports, "project": project}
        async with open_stage(**chosen, firestore_host=firestore_emulator) as stage:
            email = f"tasks@{project}.iam.gserviceaccount.com"
            yield Doors(stage, tasks, Forger(tasks.issuer, email))


async def test_wrong_secrets_are_refused(doors: Doors) -> None:
    """A thousand missing, near, foreign and endless secrets: 401 each, and not one task."""
    before = doors.count_tasks()
    wrong = list_wrong_headers(WEBHOOK_SECRET.encode(), seed=7)
    answers = [(h, await doors.ask("webhook", write_request(b"POST", b"/", h, UPDATE))) for h in wrong]
    assert len(answers) == SECRETS_COUNT
    assert [(headers[:1], answer.status) for headers, answer in answers if answer.status != 401] == []
    assert {answer.body for _, answer in answers} == {b'{"error":"UnauthenticatedError"}'}
    assert doors.count_tasks() == before


async def test_right_secret_is_accepted(doors: Doors) -> None:
    """The real one passes, under any spelling of the header's name, and makes one task."""
    before = doors.count_tasks()
    for name in (SECRET_HEADER, SECRET_HEADER.lower(), SECRET_HEADER.upper()):
        request = write_request(b"POST", b"/", ((name, WEBHOOK_SECRET.encode()),), UPDATE)
        assert (await doors.ask("webhook", request)).status == 200
    assert doors.count_tasks() == before + 3


async def test_two_secrets_are_none(doors: Doors) -> None:
    """A right and a wrong secret in one request is nobody's request, whichever comes first."""
    for headers in ((*RIGHT, (SECRET_HEADER, b"wrong")), ((SECRET_HEADER, b"wrong"), *RIGHT)):
        assert (await doors.ask("webhook", write_request(b"POST", b"/", headers, UPDATE))).status == 401


async def test_endless_secret_breaks_nothing(doors: Doors) -> None:
    """A header of a megabyte is refused in some way, and the webhook lives."""
    request = write_request(b"POST", b"/", ((SECRET_HEADER, b"a" * 1_000_000),), UPDATE)
    assert (await doors.ask("webhook", request)).status in {0, 400, 401, 431}
    assert await is_alive(doors, "webhook")


@pytest.mark.parametrize("function", WORKERS)
async def test_bad_tokens_are_refused(doors: Doors, function: str) -> None:
    """No, foreign, expired, unsigned and forged tokens: 403 each, and nothing is read or written."""
    done = len(doors.stage.answers(function))
    statuses = {name: await doors.knock(function, header) for name, header in bad_tokens(doors, function)}
    assert {name: status for name, status in statuses.items() if status != 403} == {}
    lines = doors.stage.answers(function)[done:]
    assert [line for line in lines if {"store_reads", "store_writes", "tasks", "messenger_calls"} & line.keys()] == []


@pytest.mark.parametrize("function", WORKERS)
async def test_token_of_a_neighbour_is_refused(doors: Doors, function: str) -> None:
    """A token that is good for one function opens no other."""
    others = [each for each in FUNCTIONS if each != function]
    tokens = [doors.forger.sign(doors.stage.system.urls[each]) for each in others]
    assert [await doors.knock(function, bearer(token)) for token in tokens] == [403] * len(others)


@pytest.mark.parametrize("function", WORKERS)
async def test_good_token_works(doors: Doors, function: str) -> None:
    """The Tasks server's own token opens the function it was made for."""
    token = doors.forger.sign(doors.stage.system.urls[function])
    assert await doors.knock(function, bearer(token)) == 200
    assert await doors.knock(function, b"bearer " + token.encode()) == 200


async def test_only_the_good_token_had_an_effect(doors: Doors) -> None:
    """After all refusals `bot` has handled an update only because of the good token."""
    assert len(await doors.stage.read_all("inbox")) <= 1
    await doors.hand_over(UPDATE)
    assert len(await doors.stage.read_all("inbox")) == 1


@pytest.mark.parametrize("job_id", JOB_IDS, ids=ascii)
async def test_forged_job_id_is_no_error(doors: Doors, job_id: str) -> None:
    """A button may name a job by any text; what is no document's id is an old menu, not an error."""
    tap = make_tap(f"1;again;{job_id};n", 6, 6, 1, 1000 + JOB_IDS.index(job_id))
    assert await doors.hand_over(json.dumps(tap).encode()) == 200


async def test_album_cannot_outgrow_its_document(doors: Doors) -> None:
    """Parts with endless file ids are put away or kept, and never too much for the store."""
    chance = Random(1)  # noqa: S311 — repeatable, not secret
    parts = [json.dumps(make_part("719", "f" * 200_000, chance, iter([2000 + n]))).encode() for n in range(6)]
    assert [await doors.hand_over(part) for part in parts] == [200] * 6


async def test_endless_retry_count_is_no_error(doors: Doors) -> None:
    """A count of 5,000 digits is no count."""
    assert await doors.hand_over(UPDATE, ((b"X-CloudTasks-TaskRetryCount", b"9" * 5000),)) == 200


def bad_tokens(doors: Doors, function: str) -> list[tuple[str, bytes | None]]:
    return [*doors.forger.list_bad(doors.stage.system.urls[function])]


METHODS = {b"PUT": 405, b"DELETE": 405, b"PATCH": 405, b"OPTIONS": 405, b"GET": 404, b"HEAD": 404, b"TRACE": 405}
OTHERS = {"api": {b"GET": 200, b"HEAD": 200}, "releases": {method: 404 for method in METHODS if method != b"TRACE"}}
"""What everybody gets of the Mini App; the API of releases has nothing at this address, for any method."""
PATHS = (
    *(
        b"/healthz",
        b"/Health",
        b"/health/",
        b"/health%00",
        b"//health",
        b"/./health",
        b"/../health",
        b"/version?x=1%ff",
    ),
    *(b"/robots.txt", b"/.env", b"/.git/config", b"/%2e%2e/%2e%2e/etc/passwd", b"/drafts", b"/\xff", b"/%ff", b"/;a=b"),
    *(b"/?secret=x", b"*", b"http://127.0.0.1/health", b"/" + b"a" * 20_000, b"/a?" + b"b=c&" * 5000, b"/%", b"/{}"),
)


@pytest.mark.parametrize("function", FUNCTIONS)
async def test_other_methods(doors: Doors, function: str) -> None:
    """Only POST is work: everything else is refused, and nobody is asked for a secret for it."""
    statuses = {m: (await doors.ask(function, write_request(m, b"/", RIGHT, b""))).status for m in METHODS}
    assert statuses == METHODS | OTHERS.get(function, {})
    for method in (b"BREW", b"get", b"POSTT", b"CONNECT", b"P\xffST"):
        assert (await doors.ask(function, write_request(method, b"/", RIGHT, b""))).status in {0, 400, 404, 405}


@pytest.mark.parametrize("function", FUNCTIONS)
async def test_odd_paths(doors: Doors, function: str) -> None:
    """No path leads to an error or past the door."""
    for path in PATHS:
        assert (await doors.ask(function, write_request(b"GET", path))).status in {0, 200, 400, 404, 405, 414}
        assert (await doors.ask(function, write_request(b"POST", path, (), UPDATE))).status in REFUSED


@pytest.mark.parametrize("function", FUNCTIONS)
async def test_probes_tell_little(doors: Doors, function: str) -> None:
    """The three probes answer everybody, with no setting in what they say; /healthz is Cloud Run's own."""
    answers = {p: await doors.ask(function, write_request(b"GET", p)) for p in (b"/health", b"/ready", b"/version")}
    assert {answer.status for answer in answers.values()} == {200}
    assert set(json.loads(answers[b"/version"].body)) == {"function", "version", "digest", "revision", "schema"}
    assert (await doors.ask(function, write_request(b"GET", b"/healthz"))).status == 404


SMUGGLED = b"POST / HTTP/1.1\r\nHost: a\r\nX-Telegram-Bot-Api-Secret-Token: nope\r\nContent-Length: 2\r\n\r\n{}"
FRAMINGS: dict[str, tuple[Headers, bytes]] = {
    "chunked": (((b"Transfer-Encoding", b"chunked"),), b"2\r\n{}\r\n0\r\n\r\n"),
    "length and chunked": (((b"Content-Length", b"4"), (b"Transfer-Encoding", b"chunked")), b"0\r\n\r\n" + SMUGGLED),
    "chunked in disguise": (((b"Content-Length", b"5"), (b"Transfer-Encoding", b"xchunked")), b"0\r\n\r\n"),
    "two lengths": (((b"Content-Length", b"2"), (b"Content-Length", b"99")), b"{}" + SMUGGLED),
    "a list of lengths": (((b"Content-Length", b"2, 2"),), b"{}"),
    "negative length": (((b"Content-Length", b"-1"),), b"{}"),
    "length with a sign": (((b"Content-Length", b"+2"),), b"{}"),
    "length in hexadecimal": (((b"Content-Length", b"0x2"),), b"{}"),
    "endless length": (((b"Content-Length", b"9" * 40),), b"{}"),
    "short length": (((b"Content-Length", b"2"),), b"{}" + SMUGGLED),
    "bad chunk size": (((b"Transfer-Encoding", b"chunked"),), b"zz\r\n{}\r\n0\r\n\r\n"),
    "endless chunk": (((b"Transfer-Encoding", b"chunked"),), b"F" * 40 + b"\r\n{}"),
    "chunk with an extension": (((b"Transfer-Encoding", b"chunked"),), b"2;" + b"a" * 5000 + b"\r\n{}\r\n0\r\n\r\n"),
    "chunked twice": (((b"Transfer-Encoding", b"chunked, chunked"),), b"2\r\n{}\r\n0\r\n\r\n"),
    "blank before the colon": (((b"Transfer-Encoding ", b"chunked"), (b"Content-Length", b"2")), b"{}"),
    "folded": (((b"X-A", b"1\r\n Content-Length: 99"), (b"Content-Length", b"2")), b"{}"),
    "bare line feed": (((b"X-A", b"1\nContent-Length: 99"), (b"Content-Length", b"2")), b"{}"),
    "NUL in a header": (((b"X-A", b"a\0b"), (b"Content-Length", b"2")), b"{}"),
    "packed": (((b"Content-Encoding", b"gzip"), (b"Content-Length", b"2")), b"{}"),
    "upgrade to HTTP/2": (((b"Upgrade", b"h2c"), (b"HTTP2-Settings", b"AA"), (b"Content-Length", b"2")), b"{}"),
    "a thousand headers": ((*((b"X-%d" % n, b"1") for n in range(1000)), (b"Content-Length", b"2")), b"{}"),
    "another host": (
        ((b"Host", b"evil.example"), (b"X-Forwarded-For", b"127.0.0.1"), (b"Content-Length", b"2")),
        b"{}",
    ),
    "another method": (((b"X-HTTP-Method-Override", b"GET"), (b"Content-Length", b"2")), b"{}"),
    "a trace": (((b"X-Cloud-Trace-Context", b"\xff/" * 500), (b"Content-Length", b"2")), b"{}"),
    "a retry count": (((b"X-CloudTasks-TaskRetryCount", b"9" * 5000), (b"Content-Length", b"2")), b"{}"),
}


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_framing_tricks(doors: Doors, framing: str) -> None:
    """Contradicting lengths, strange chunks and headers: never an error of ours, never a task without the secret."""
    headers, body = FRAMINGS[framing]
    before = doors.count_tasks()
    for function in FUNCTIONS:
        request = write_request(b"POST", b"/", headers) + body
        assert (await doors.ask(function, request)).status in REFUSED
        assert await is_alive(doors, function)
    assert doors.count_tasks() == before


SOCKET: Headers = ((b"Upgrade", b"websocket"), (b"Connection", b"Upgrade"), (b"Sec-WebSocket-Version", b"13"))
GARBAGE = (
    *(b"\x16\x03\x01\x02\x00\x01\x00" + b"\0" * 50, b"GET /\r\n\r\n", b"\r\n\r\n\r\n{}", b"\xff" * 5000 + b"\r\n\r\n"),
    write_request(b"GET", b"/", (*SOCKET, (b"Sec-WebSocket-Key", b"AAAAAAAAAAAAAAAAAAAAAA=="))),
    write_request(b"POST", b"/", SOCKET, b"{}"),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)


async def test_garbage_instead_of_http(doors: Doors) -> None:
    """Bytes that are no request are refused by every function, which goes on serving."""
    for garbage in GARBAGE:
        for function in FUNCTIONS:
            await hang_up(doors.port(function), garbage)
            assert await is_alive(doors, function)


async def test_broken_off_bodies(doors: Doors) -> None:
    """A person who hangs up in the middle of a body leaves no task and no error."""
    before = doors.count_tasks()
    whole = write_request(b"POST", b"/", RIGHT, UPDATE)
    for end in (len(whole) - 1, len(whole) - len(UPDATE), len(whole) - len(UPDATE) - 2, 20):
        await hang_up(doors.port("webhook"), whole[:end])
        assert await is_alive(doors, "webhook")
    assert doors.count_tasks() == before


async def test_doors_never_fail(doors: Doors) -> None:
    """In all of the above no function answered with an error of ours, or logged one."""
    statuses = {line["status"] for function in FUNCTIONS for line in doors.stage.answers(function)}
    assert max(statuses) < 500
    assert doors.stage.find_stacks() == []


async def test_doors_tell_no_secret(doors: Doors) -> None:
    """No line and no answer holds the secret, a token, a key or a stack."""
    assert doors.stage.find_secrets() == []


async def is_alive(doors: Doors, function: str) -> bool:
    return (await ask(doors.port(function), write_request(b"GET", b"/health"))).status == 200
