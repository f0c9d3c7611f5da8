"""What a workflow tells the release API, with the token of its job."""

import asyncio
from contextlib import suppress
from typing import Any

import httpx

from infra.local.github.repository import BUILD, SERVICE, Run, Version
from infra.local.github.tokens import JobTokens

Json = dict[str, Any]
TRIES = 20
PAUSE_SECONDS = 0.25
STALE, UNAVAILABLE = 412, 500


class Refused(Exception):  # noqa: N818 — what was said, not a failure of this server
    """The API said no, or nothing: the workflow ends here."""


class Stale(Refused):
    """The release has changed since it was read."""


class Reports:
    """Reports to one release API. It is asked again while it does not answer."""

    def __init__(self, client: httpx.AsyncClient, tokens: JobTokens, releases_url: str) -> None:
        self._client, self._tokens, self._url = client, tokens, releases_url.rstrip("/")

    async def begin(self, run: Run, version: Version) -> Json:
        """Begin a release. Raises Refused."""
        said = {
            "service_name": SERVICE,
            "release_tag": version.tag,
            "commit": version.commit,
            "tree": version.tree,
            "github_ref": run.ref,
        }
        return await self._send(run, "POST", "/api/tg-bot/release", said)

    async def report(self, run: Run, release: Json, status: str, **more: Any) -> Json:
        """Report a step from wherever the release is: people may have steered it meanwhile. Raises Refused."""
        while True:
            rev = (await self.read(run, release["id"]))["rev"]
            said = {"id": release["id"], "expect_rev": rev, "status": status, **more}
            with suppress(Stale):
                return await self._send(run, "PATCH", "/api/tg-bot/release", said)

    async def read(self, run: Run, id_: str) -> Json:
        """The release as it is. Raises Refused."""
        return await self._send(run, "GET", f"/api/v1/releases/{id_}", None)

    async def _send(self, run: Run, method: str, path: str, said: Json | None) -> Json:
        """One call; a token is used once, so each try has its own."""
        environment = "staging" if run.file == BUILD else "production"
        for _ in range(TRIES):
            headers = {"Authorization": f"Bearer {self._tokens.sign(run, environment, self._url)}"}
            try:
                answer = await self._client.request(method, f"{self._url}{path}", json=said, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if answer.is_success:
                found: Json = answer.json()
                return found
            if answer.status_code < UNAVAILABLE:
                about = answer.json()
                kind = Stale if answer.status_code == STALE else Refused
                raise kind(f"refused: {answer.status_code} {about.get('detail') or about.get('title')}")
            await asyncio.sleep(PAUSE_SECONDS)
        raise Refused("the release API does not answer")
