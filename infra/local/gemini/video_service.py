"""The model that makes videos: interactions in the background, and the files that it reads and writes."""

import asyncio
import base64
import hashlib
import secrets
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from PIL import Image

from infra.local.gemini.bucket import Bucket
from infra.local.gemini.caller import Caller, LostAnswerError
from infra.local.gemini.calls import Call
from infra.local.gemini.errors import GoogleError, input_image_unusable, invalid_argument
from infra.local.gemini.faults import Fault, refusal
from infra.local.gemini.inputs import UnreadableError, open_picture
from infra.local.gemini.models import VIDEO_TOKENS_PER_SECOND
from infra.local.gemini.motion import Motion, digest_of, make_video
from infra.local.gemini.mp4_writer import read_facts
from infra.local.gemini.service import Service
from infra.local.gemini.spoiling import change_motion, spoil
from infra.local.gemini.video_request import VideoRequest, read_video
from infra.local.notices import GeminiSigner, Notifier

HOST: Final = "https://generativelanguage.googleapis.com"
INLINE_BYTES_MAX: Final = 4_000_000
LARGE_BYTES: Final = 60_000_000
"""More than Telegram takes from bots."""


def write_padding(size_bytes: int) -> bytes:
    """A box that players skip."""
    return struct.pack(">I4s", size_bytes, b"uuid") + bytes(size_bytes - 8)


_PADDING: Final = write_padding(2_500_000)
"""What makes a ready-made video as large as a real one of four seconds."""
_QUEUED_SHARE: Final = 0.1
_KEPT_MAX: Final = 200
_RUNNING: Final = frozenset({"queued", "in_progress"})


@dataclass
class StoredFile:
    """A file of the Files API."""

    content: bytes
    mime_type: str
    active_at: float = 0.0
    """Unix time from which on it can be used."""
    is_huge: bool = False
    """Whether it is announced with 2 GB."""


@dataclass
class Interaction:
    """One video, from the request on."""

    id: str
    request: VideoRequest
    fault: Fault | None
    status: str = "queued"
    reason: str = ""
    content: bytes = b""
    uri: str = ""
    seconds: float = 0.0
    clip_seconds: float = 0.0
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    polls: int = 0
    work: "asyncio.Task[None] | None" = None


class VideoService:
    """Videos, with the behaviour, faults and calls of the service."""

    def __init__(self, service: Service, storage_url: str = "") -> None:
        """`storage_url`: of Cloud Storage's emulator, where the enterprise API reads and writes."""
        self.interactions: dict[str, Interaction] = {}
        self.files: dict[str, StoredFile] = {}
        self.notifier = Notifier(GeminiSigner(), GeminiSigner("somebody-else"))
        self._uploads: dict[str, str] = {}
        self._service = service
        self._bucket = Bucket(storage_url)

    async def create(self, raw: dict[str, Any], call: Call, caller: Caller) -> dict[str, Any]:
        """Begin a video; raises GoogleError, LostAnswerError or AbandonedError."""
        return self.describe(await self.begin(read_video(raw, call.version, call.api), call, caller))

    async def begin(self, request: VideoRequest, call: Call, caller: Caller) -> Interaction:
        """The same for a request that was read. Raises as `create` does."""
        call.describe_video(request)
        fault = self._service.faults.choose(request.prompt, request.model.name, "video")
        if fault and (error := refusal(fault)):
            raise error
        if fault and fault.kind == "blocked":
            raise invalid_argument("The prompt was blocked because it violates the safety policy.")
        pictures = await asyncio.to_thread(_open_all, request.images)
        clip = await self._read_clip(request)
        await caller.rest(0)
        interaction = Interaction(secrets.token_urlsafe(24), request, fault)
        motion = _plan(request, clip)
        interaction.seconds, interaction.clip_seconds = motion.whole_seconds, motion.before_seconds
        self.interactions[interaction.id] = interaction
        while len(self.interactions) > _KEPT_MAX:
            del self.interactions[next(iter(self.interactions))]
        interaction.work = asyncio.create_task(self._make(interaction, motion, pictures))
        for url in request.notice_urls:
            self.notifier.begin(url, _tell(interaction))
        call.outcome, call.operation = "BEGUN", interaction.id
        if fault and fault.kind == "lost":
            call.outcome = "BEGUN AND LOST"
            raise LostAnswerError
        return interaction

    def find(self, name: str) -> Interaction:
        """Raises GoogleError."""
        if name not in self.interactions:
            raise GoogleError("NOT_FOUND", "Interaction not found.")
        return self.interactions[name]

    def cancel(self, name: str) -> dict[str, Any]:
        """Stop it where it is not done yet. Raises GoogleError."""
        interaction = self.find(name)
        if interaction.status not in _RUNNING:
            raise GoogleError("FAILED_PRECONDITION", "Only running background interactions can be cancelled.")
        interaction.status = "cancelled"
        return self.describe(interaction)

    def delete(self, name: str) -> None:
        """Forget it; one that runs is stopped. Raises GoogleError."""
        interaction = self.find(name)
        if interaction.status in _RUNNING:
            interaction.status = "cancelled"
        del self.interactions[name]

    async def wait(self) -> None:
        """Return when nothing is being made."""
        works = [each.work for each in self.interactions.values() if each.work is not None]
        await asyncio.gather(*works)

    def begin_upload(self, mime_type: str) -> str:
        """The id of an upload."""
        upload = secrets.token_hex(16)
        self._uploads[upload] = mime_type
        return upload

    def end_upload(self, upload: str, content: bytes) -> dict[str, Any]:
        """The file. Raises GoogleError."""
        if upload not in self._uploads:
            raise GoogleError("NOT_FOUND", "Upload not found.")
        name = self._keep(content, self._uploads.pop(upload))
        return {"file": self.describe_file(name)}

    def describe_file(self, name: str) -> dict[str, Any]:
        """As `GET /v1beta/files/…` gives it. Raises GoogleError: 403 also for a file that never was."""
        file = self.find_file(name)
        uri = f"{HOST}/v1beta/files/{name}"
        return {
            "name": f"files/{name}", "mimeType": file.mime_type, "sizeBytes": str(len(file.content)), "uri": uri,
            "sha256Hash": base64.b64encode(hashlib.sha256(file.content).digest()).decode(),
            "state": "ACTIVE" if time.time() >= file.active_at else "PROCESSING",
            "downloadUri": f"{uri}:download?alt=media",
        }  # fmt: skip

    def find_file(self, name: str) -> StoredFile:
        """Raises GoogleError."""
        if name not in self.files:
            raise GoogleError("PERMISSION_DENIED", f"You do not have permission to access the File {name}.")
        return self.files[name]

    def describe(self, interaction: Interaction) -> dict[str, Any]:
        """As a create, a get and a cancel answer."""
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        told: dict[str, Any] = {
            "id": interaction.id, "object": "interaction", "model": _name_model(interaction),
            "status": interaction.status, "updated": now,
            "created": interaction.created.isoformat().replace("+00:00", "Z"),
            "labels": dict(interaction.request.labels),
        }  # fmt: skip
        if interaction.status == "failed":
            return told | {"errors": [{"code": interaction.reason, "message": "The video was not made."}]}
        if interaction.status != "completed":
            return told
        if interaction.fault and interaction.fault.kind in {"empty", "hidden"}:
            return told | {"steps": [], "usage": _count(interaction, made=False)}
        video: dict[str, Any] = {"type": "video", "mime_type": "video/mp4"}
        if interaction.uri:
            video["uri"] = interaction.uri
        else:
            video["data"] = base64.b64encode(interaction.content).decode()
        steps = [{"type": "model_output", "content": [video]}]
        return told | {"steps": steps, "usage": _count(interaction, made=True)}

    async def _make(self, interaction: Interaction, motion: Motion, pictures: tuple[Image.Image, ...]) -> None:
        """In the background, however often anybody asks; then its end is told."""
        await self._work(interaction, motion, pictures)
        if interaction.status not in {*_RUNNING, "cancelled"}:
            for url in interaction.request.notice_urls:
                self.notifier.end(url, _tell(interaction))

    async def _work(self, interaction: Interaction, motion: Motion, pictures: tuple[Image.Image, ...]) -> None:
        fault = interaction.fault
        seconds = fault.seconds if fault and fault.kind == "slow" else self._service.video_seconds()
        if not await self._service.rest(seconds * _QUEUED_SHARE):
            return
        if interaction.status == "queued":
            interaction.status = "in_progress"
        if not await self._service.rest(seconds * (1 - _QUEUED_SHARE)) or interaction.status != "in_progress":
            return
        if fault and fault.kind == "finish":
            interaction.status, interaction.reason = "failed", fault.reason or "PROHIBITED_CONTENT"
            return
        if not (fault and fault.kind == "empty"):
            reason = fault.reason if fault and fault.kind == "spoiled" else ""
            digests = tuple(map(digest_of, interaction.request.images))
            work = partial(
                make_video, change_motion(motion, reason), pictures, digests, plain=self._service.behaviour.noise
            )
            made = await asyncio.get_running_loop().run_in_executor(self._service.painter.pool, work)
            large = _PADDING if self._service.behaviour.noise else b""
            if fault and fault.kind == "large":
                large = write_padding(LARGE_BYTES)
            interaction.content = spoil(made + large, reason)
            await self._deliver(interaction, reason)
        if interaction.status == "in_progress":
            interaction.status = "completed"

    async def _deliver(self, interaction: Interaction, reason: str) -> None:
        request = interaction.request
        if request.gcs_uri:
            interaction.uri = f"{request.gcs_uri}{interaction.id}/sample_0.mp4"
            await asyncio.to_thread(self._bucket.upload, interaction.uri, interaction.content)
        elif request.delivery == "uri" or len(interaction.content) > INLINE_BYTES_MAX:
            fault = interaction.fault
            name = self._keep(interaction.content, "video/mp4")
            self.files[name].is_huge = reason == "huge"
            if fault and fault.kind == "late_file":
                self.files[name].active_at = time.time() + fault.seconds
            interaction.uri = f"{HOST}/v1beta/files/{name}:download?alt=media"

    def _keep(self, content: bytes, mime_type: str) -> str:
        name = secrets.token_hex(6)
        self.files[name] = StoredFile(content, mime_type)
        while len(self.files) > _KEPT_MAX:
            del self.files[next(iter(self.files))]
        return name

    async def _read_clip(self, request: VideoRequest) -> Mapping[str, Any]:
        """What the clip was made of; empty where there is none. Raises GoogleError."""
        if request.previous:
            content = self.find(request.previous).content
        elif request.clip_uri.startswith("gs://"):
            content = await asyncio.to_thread(self._bucket.download, request.clip_uri)
        elif request.clip_uri:
            content = self.find_file(request.clip_uri.rpartition("/")[2].partition(":")[0]).content
        else:
            return {}
        facts = read_facts(content)
        if not facts:
            raise invalid_argument("Unable to process input video.")
        shortest, longest = request.model.clip_seconds
        if request.work == "edit" and not shortest <= facts["seconds"] <= longest:
            raise invalid_argument(f"The input video must be between {shortest:g} and {longest:g} seconds long.")
        is_uploaded = bool(request.clip_uri) and not request.clip_uri.startswith("gs://")
        if request.work == "extend" and is_uploaded and facts["seconds"] > request.model.uploaded_seconds_max:
            raise invalid_argument(f"An uploaded video may have {request.model.uploaded_seconds_max:g} seconds.")
        if request.work == "extend" and facts["seconds"] + request.seconds > request.model.whole_seconds_max:
            raise invalid_argument(f"A video can be extended up to {request.model.whole_seconds_max:g} seconds.")
        return facts


def _name_model(interaction: Interaction) -> str:
    """The model that the answer names."""
    fault = interaction.fault
    return fault.reason if fault and fault.kind == "rerouted" else interaction.request.model.name


def _tell(interaction: Interaction) -> dict[str, Any]:
    """A notice: what ended, not what came of it."""
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    kind = "interaction.failed" if interaction.status == "failed" else "interaction.completed"
    return {"type": kind, "version": "v1", "timestamp": now, "data": {"id": interaction.id}}


def _open_all(images: tuple[bytes, ...]) -> tuple[Image.Image, ...]:
    try:
        return tuple(map(open_picture, images))
    except UnreadableError as error:
        raise input_image_unusable() from error


def _plan(request: VideoRequest, clip: Mapping[str, Any]) -> Motion:
    before = float(clip.get("seconds", 0.0))
    return Motion(
        prompt=request.prompt,
        work=request.work,
        seconds=before if request.work == "edit" else float(request.seconds or 8),
        ratio=str(clip.get("ratio", "")) or request.ratio or "16:9",
        resolution=request.resolution,
        seed=request.seed,
        has_sound=request.has_sound,
        before=str(clip.get("prompt", "")),
        before_seconds=before,
    )


def _count(interaction: Interaction, *, made: bool) -> dict[str, Any]:
    """Tokens, as the API bills them."""
    request = interaction.request
    added = interaction.seconds - (interaction.clip_seconds if request.work == "extend" else 0.0)
    output = round(added * VIDEO_TOKENS_PER_SECOND[request.resolution]) if made else 0
    read = round(interaction.clip_seconds * VIDEO_TOKENS_PER_SECOND["720p"])
    given = len(request.prompt) // 4 + 258 * len(request.images) + read
    return {"total_input_tokens": given, "total_output_tokens": output, "total_tokens": given + output}
