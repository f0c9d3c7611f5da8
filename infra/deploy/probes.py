"""Probing a revision: whether it is alive, ready, and of the expected release."""

from urllib.parse import urlsplit

import httpx

from infra.deploy.context import Context
from infra.deploy.deployment import Deployment, Function
from infra.deploy.google_login import identity_token
from infra.deploy.record import Release

CALL_SECONDS_MAX = 15.0
"""A cold start with its first connections takes a few seconds."""
TRIES_MAX = 3
PAUSE_SECONDS = 5.0
PATHS = ("/health", "/ready", "/version")


class Prober:
    """Probes the functions of one environment.

    PROBE_BASE_URL sends every probe to one local server, which distinguishes the hosts by their names.
    """

    def __init__(self, deployment: Deployment, context: Context) -> None:
        self._deployment = deployment
        self._context = context
        self._client = httpx.Client(timeout=CALL_SECONDS_MAX)

    def probe_release(self, release: Release) -> list[str]:
        """The problems of a release under its own tag, one line each."""
        functions = self._deployment.functions.values()
        found = [self.probe(function, function.tag_url(release.tag), release) for function in functions]
        return [each for each in found if each]

    def probe_stable(self, release: Release) -> list[str]:
        """The problems of the release that serves everybody, one line each."""
        functions = self._deployment.functions.values()
        found = [self.probe(function, function.url, release) for function in functions]
        return [each for each in found if each]

    def probe(self, function: Function, url: str, release: Release) -> str:
        """The problem of one function; empty if there is none. A failed probe is repeated before it counts."""
        problem = ""
        for tries_left in reversed(range(TRIES_MAX)):
            problem = self._try(function, url, release)
            if not problem:
                return ""
            if tries_left:
                self._context.clock.sleep(PAUSE_SECONDS)
        return f"{function.name}: {problem}"

    def read_digest(self, function: Function) -> str:
        """The image that everybody meets, as `/version` says; empty: nothing of ours answered."""
        base = self._context.environment.get("PROBE_BASE_URL") or function.url
        headers = {"Host": urlsplit(function.url).netloc} | self._authorization(function)
        try:
            return str(self._client.get(base + PATHS[-1], headers=headers).json()["digest"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return ""

    def _try(self, function: Function, url: str, release: Release) -> str:
        base = self._context.environment.get("PROBE_BASE_URL") or url
        headers = {"Host": urlsplit(url).netloc} | self._authorization(function)
        try:
            for path in PATHS:
                answer = self._client.get(base + path, headers=headers)
                if answer.status_code != httpx.codes.OK:
                    return f"{path} answered {answer.status_code}"
            served = answer.json().get("digest")
        except httpx.HTTPError as error:
            return f"no answer ({type(error).__name__})"
        except (ValueError, AttributeError):
            return "/version is not what ours answers"
        return "" if served == release.digest else f"/version says {served or 'nothing'}, not {release.digest}"

    def _authorization(self, function: Function) -> dict[str, str]:
        if function.public or self._context.environment.get("PROBE_BASE_URL"):
            return {}
        return {"Authorization": f"Bearer {identity_token(self._context, function.url)}"}
