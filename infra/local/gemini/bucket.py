"""Cloud Storage's emulator, as Google's services reach it: by addresses of the form gs://bucket/name."""

import urllib.error
import urllib.request
from typing import Final
from urllib.parse import quote, urlencode

from infra.local.gemini.errors import invalid_argument

SCHEME: Final = "gs://"


class Bucket:
    """Blocking calls: use it in a thread."""

    def __init__(self, storage_url: str) -> None:
        self._url = storage_url.rstrip("/")

    def upload(self, uri: str, content: bytes) -> None:
        """Store a video."""
        bucket, _, name = uri.removeprefix(SCHEME).partition("/")
        query = urlencode({"uploadType": "media", "name": name})
        self._call("POST", f"/upload/storage/v1/b/{bucket}/o?{query}", content)

    def download(self, uri: str) -> bytes:
        """Raises GoogleError for a file that is not there."""
        bucket, _, name = uri.removeprefix(SCHEME).partition("/")
        try:
            return self._call("GET", f"/storage/v1/b/{bucket}/o/{quote(name, safe='')}?alt=media", None)
        except urllib.error.HTTPError as error:
            error.close()
            raise invalid_argument(f"The file {uri} cannot be read.") from None

    def _call(self, method: str, path: str, content: bytes | None) -> bytes:
        headers = {"Content-Type": "video/mp4"}
        request = urllib.request.Request(self._url + path, content, headers, method=method)  # noqa: S310 — ours
        with urllib.request.urlopen(request) as answer:  # noqa: S310 — as above
            return bytes(answer.read())
