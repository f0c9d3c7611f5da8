"""Notices of videos: the local providers sign them as the real ones document, and nobody else can."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.fal import run_fal
from infra.local.gemini import run_gemini
from infra.local.notices import FalSigner, GeminiSigner, Manner, Notifier, Signer
from shared.adapters.fal_once import FalAccess
from shared.adapters.fal_videos import FalVideos
from shared.adapters.gemini_access import Access
from shared.adapters.genai_video_request import build_request
from shared.adapters.genai_videos import GeminiVideos
from shared.adapters.notice_signatures import FalSigned, GeminiSigned, Signed
from shared.credits.catalogue import VIDEO, video_offer
from shared.errors import UnauthenticatedError
from shared.ports import VideoProvider
from shared.providers.ladder import VideoRung
from shared.providers.outcomes import Begun
from shared.providers.videos import VideoMade, VideoResolution, VideoTask
from tests.contracts.http_server import Reply, Server, serve_http
from tests.fakes.blobs import FakeBlobStore

BODY = json.dumps({"status": "OK"}).encode()
TASK = VideoTask(work="text", prompt="a fox", seconds=4, ratio="16:9", resolution="360p", label="a")
SIGNERS: dict[str, tuple[Callable[[], Signer], Callable[[str], Signed]]] = {
    "fal": (FalSigner, FalSigned),
    "gemini": (GeminiSigner, GeminiSigned),
}


@dataclass
class Local:
    """A local provider with an adapter in front of it, its notices, and a door that they come to."""

    provider: VideoProvider
    rung: VideoRung
    notifier: Notifier
    signed: Signed
    door: Server

    async def begin(self, manner: Manner | None = None, *, path: str = "/videos/x/AAAAAAAAAAAAAAAA") -> str:
        """A video that is asked for with the address of the door, or without any; its operation."""
        self.notifier.manner = manner or Manner()
        url = f"{self.door.url}{path}" if path else ""
        resolution: VideoResolution = "360p" if "360p" in self.rung.costs_usd_micros else "720p"
        task = replace(TASK, notice_url=url, seconds=self.rung.seconds[0], resolution=resolution)
        begun = await self.provider.start(self.rung, task, "a/")
        assert isinstance(begun, Begun)
        return begun.operation

    async def check(self) -> list[bool]:
        """Whether each notice at the door was signed by the provider."""
        return [await is_signed(self.signed, each.headers, each.body) for each in self.door.requests]


async def is_signed(signed: Signed, headers: dict[str, str], body: bytes, now: datetime | None = None) -> bool:
    try:
        await signed.check(headers, body, now or datetime.now(UTC))
    except UnauthenticatedError:
        return False
    return True


@pytest.fixture(params=["gemini", "fal"])
async def local(request: pytest.FixtureRequest) -> AsyncIterator[Local]:
    with serve_http(lambda _: Reply()) as door:
        if request.param == "gemini":
            async with run_gemini() as gemini:
                model = GeminiVideos(Access(api_key="test-key", base_url=gemini.base_url), FakeBlobStore(), "unused")
                keys = GeminiSigned(f"{gemini.base_url}/.well-known/jwks.json")
                yield Local(model, VIDEO.rungs[0], gemini.videos.notifier, keys, door)
                await model.close()
            return
        async with run_fal() as fal:
            films = FalVideos(FalAccess("test-key", fal.base_url))
            signed = FalSigned(f"{fal.base_url}/.well-known/jwks.json")
            yield Local(films, video_offer("kling").rungs[0], fal.service.notifier, signed, door)
            await films.close()


async def wait(local: Local, count: int) -> None:
    """So many notices have come."""
    await local.door.wait_for_requests(count)
    await local.notifier.wait()


async def test_an_end_is_told(local: Local) -> None:
    """One notice, signed, at the address that was given, once the video can be fetched."""
    operation = await local.begin()
    await wait(local, 1)
    assert [(each.method, each.path) for each in local.door.requests] == [("POST", "/videos/x/AAAAAAAAAAAAAAAA")]
    assert await local.check() == [True]
    assert isinstance(await local.provider.poll(operation, "a/"), VideoMade)
    assert local.notifier.notices[0].answers == [200]


async def test_repeated_and_untrue(local: Local) -> None:
    """What is sent again, or before it is true, is signed like any other: only a poll tells."""
    await local.begin(Manner(repeat=3, lies=True))
    await wait(local, 4)
    assert await local.check() == [True] * 4


async def test_forged(local: Local) -> None:
    """What somebody else has signed is refused."""
    await local.begin(Manner(forges=True))
    await wait(local, 1)
    assert await local.check() == [False]


async def test_nowhere(local: Local) -> None:
    """Without an address nobody is told, and nothing in the request speaks of it."""
    await local.begin(path="")
    await local.notifier.wait()
    assert (local.notifier.notices, local.door.requests) == ([], [])


def test_only_the_developer_api_tells() -> None:
    """The enterprise API has no such field: it is asked without."""
    task = replace(TASK, notice_url="https://payments.example/videos/gemini/AAAAAAAAAAAAAAAA")
    told = build_request(VIDEO.rungs[0], task, "", "")["webhook_config"]
    assert told == {"uris": [task.notice_url]}
    assert "webhook_config" not in build_request(VIDEO.rungs[0], task, "gs://b/o/", "")


@pytest.fixture(params=SIGNERS)
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[Signer, Signed, Server]]:
    make_signer, make_signed = SIGNERS[request.param]
    signer = make_signer()
    with serve_http() as server:
        server.answer = lambda _: Reply(body=json.dumps(signer.jwks()).encode())
        yield signer, make_signed(server.url), server


async def test_each_part_counts(pair: tuple[Signer, Signed, Server]) -> None:
    """A header that is missing, empty, cut or another one's is no signature; the whole is, and the keys are kept."""
    signer, signed, server = pair
    headers = {name.lower(): value for name, value in signer.sign(BODY).items()}
    assert await is_signed(signed, headers, BODY)
    needed = [name for name in headers if not name.endswith("-id") or name.startswith("x-fal")]
    for name in needed:
        others = {other: value for other, value in headers.items() if other != name}
        for changed in (others, others | {name: ""}, others | {name: headers[name][:-1]}, others | {name: "é" * 20}):
            assert not await is_signed(signed, changed, BODY), f"{name}: {changed.get(name)}"
    assert await is_signed(signed, headers, BODY)
    assert len(server.requests) == 1


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_an_old_notice(pair: tuple[Signer, Signed, Server], minutes: int) -> None:
    """What was signed long ago, or in the future, is not heard."""
    signer, signed, _ = pair
    headers = {name.lower(): value for name, value in signer.sign(BODY).items()}
    assert not await is_signed(signed, headers, BODY, datetime.now(UTC) + timedelta(minutes=minutes))


async def test_another_body(pair: tuple[Signer, Signed, Server]) -> None:
    """fal signs the body as well; of Gemini's body nothing is read."""
    signer, signed, _ = pair
    headers = {name.lower(): value for name, value in signer.sign(BODY).items()}
    assert await is_signed(signed, headers, b"{}") == isinstance(signer, GeminiSigner)


@pytest.mark.parametrize("reply", [Reply(500), Reply(200, b"<html>"), Reply(200, b'{"keys": []}'), Reply(200, b"[]")])
async def test_no_keys(pair: tuple[Signer, Signed, Server], reply: Reply) -> None:
    """While the provider's keys cannot be had, nobody is the provider; no error of ours is shown to the caller."""
    signer, signed, server = pair
    server.answer = lambda _: reply
    headers = {name.lower(): value for name, value in signer.sign(BODY).items()}
    assert not await is_signed(signed, headers, BODY)
