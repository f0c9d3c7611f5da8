"""What a version leaves behind for the next one, as files: documents, tasks, stored files, and what Telegram shows.

    tests/corpus/releases/<version>/release.json     version, schema, the time, the fields of each kind of document
                                    documents.json   collection → id → fields
                                    tasks.json       what Cloud Tasks still holds, in order
                                    outside.json     the bucket's files; Telegram's files and messages

JSON has no times and no bytes: they are written as {"$datetime": "2026-01-02T03:04:05+00:00"} and {"$bytes": base64}.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.ports import Create, Key
from shared.settings import SCHEMA
from shared.task import Task
from tests.corpus.scenario import Stage
from tests.corpus.shapes import describe_fields
from tests.fakes.messenger import Shown
from tests.world import World

Json = dict[str, Any]
RELEASES = Path(__file__).resolve().parent / "releases"
COLLECTIONS = ("conversations", "drafts", "inbox", "jobs", "messages", "quarantine", "transfers", "users", "wallets")


@dataclass(frozen=True)
class Recording:
    """One version's files, read."""

    release: Json
    documents: Json
    tasks: list[Json]
    outside: Json

    @property
    def version(self) -> str:
        return str(self.release["version"])

    @property
    def schema(self) -> int:
        return int(self.release["schema"])


def record(version: str, stage: Stage) -> Recording:
    """What `stage` leaves, as plain values."""
    world = stage.world
    messages = [
        {"chat_id": chat_id, "message_id": shown.message_id, "kind": shown.kind, "file_id": shown.file_id}
        for chat_id, shown_in_chat in world.messenger.chats.items()
        for shown in shown_in_chat.values()
    ]
    blobs = {name: {"content": content, "mime_type": mime} for name, (content, mime) in world.blobs.blobs.items()}
    return Recording(
        {"version": version, "schema": SCHEMA, "now": world.now, "fields": describe_fields()},
        {name: world.store.collection(name) for name in COLLECTIONS},
        [asdict(task) | {"body": task.body.decode()} for task in stage.tasks],
        {"blobs": blobs, "telegram_files": world.messenger.files, "telegram_messages": messages},
    )


async def restore(recording: Recording) -> World:
    """A world in which the recorded version has just ended; its tasks wait in the queue."""
    world = World()
    world.clock.set(recording.release["now"])
    for collection, documents in recording.documents.items():
        for document_id, fields in documents.items():
            await world.store.commit([Create(Key(collection, document_id), fields)])
    world.tasks.tasks = [Task(**task | {"body": task["body"].encode()}) for task in recording.tasks]
    for name, blob in recording.outside["blobs"].items():
        await world.blobs.put(name, blob["content"], blob["mime_type"])
    world.messenger.files.update(recording.outside["telegram_files"])
    for message in recording.outside["telegram_messages"]:
        shown = Shown(message["message_id"], message["kind"], "as it was", file_id=message["file_id"])
        world.messenger.chats[message["chat_id"]][shown.message_id] = shown
        world.messenger.next_message_id = max(world.messenger.next_message_id, shown.message_id)
    world.last_update_id += 10_000
    return world


def read_releases() -> list[Recording]:
    """All of them, the oldest first."""
    found = [read_recording(folder) for folder in RELEASES.iterdir() if folder.is_dir()]
    return sorted(found, key=lambda recording: version_key(recording.version))


def version_key(version: str) -> tuple[int, ...]:
    """The numbers of a version, `0.1.0` or `v2026.11.21.1`. Raises ValueError."""
    return tuple(int(number) for number in version.removeprefix("v").split("."))


def read_recording(folder: Path) -> Recording:
    """One version's files."""
    release, documents, tasks, outside = (_read(folder / f"{name}.json") for name in Recording.__annotations__)
    return Recording(release, documents, tasks, outside)


def write_recording(recording: Recording, folder: Path) -> None:
    """Create the folder and its files; the same recording gives the same bytes. Raises FileExistsError."""
    folder.mkdir(parents=True)
    for name in Recording.__annotations__:
        text = json.dumps(_write_value(getattr(recording, name)), indent=1, sort_keys=True, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"), object_hook=_read_value)


def _read_value(value: Json) -> Any:
    match value:
        case {"$datetime": text}:
            return datetime.fromisoformat(text)
        case {"$bytes": text}:
            return b64decode(text)
    return value


def _write_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return {name: _write_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_write_value(item) for item in value]
    return value
