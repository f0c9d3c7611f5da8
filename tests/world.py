"""A whole bot in memory: the flows and screens of the product on the fakes, and the updates people send it.

    world = World()
    await world.send(world.message("a red fox"))            # the update, then every task that follows from it
    [card] = world.messenger.messages(ME)
    await world.send(world.tap("again", card))
    world.check_money()

Time moves only as far as the tasks need it. `world.store.interrupt(...)` lets something happen in between.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from itertools import count
from types import MappingProxyType
from typing import Any

from shared.adapters.absent import AbsentMessenger
from shared.bot.intake import take_draft, take_update
from shared.bot.route_due import route_due
from shared.bot.take_card_order import take_card_order
from shared.broadcasts.carry_broadcast import carry_broadcast
from shared.broadcasts.publish_broadcast import BROADCASTS_PATH, read_round
from shared.codec import decode, encode
from shared.conversations.watch_stop import hurry
from shared.credits.bounds import Caps
from shared.credits.ledger import Transfer
from shared.credits.spending import SpendingBook
from shared.credits.wallet import Wallet
from shared.delivery import (
    ACTS_PATH,
    DEFERRALS_HEADER,
    LOOK_PATH,
    RECEIVED_HEADER,
    RECONCILE_PATH,
    STOPS_PATH,
    UPDATES_PATH,
    Delivery,
)
from shared.errors import UnavailableError
from shared.jobs.audit import audit
from shared.jobs.carry_record import read_record
from shared.jobs.frame import Kind
from shared.jobs.job import Job
from shared.jobs.move_job import move_job
from shared.jobs.open_jobs import decode_job
from shared.jobs.publish_jobs import DUES_PATH
from shared.jobs.publish_notice import NOTICES_TASK_PATH, TOLD_OPERATION
from shared.kinds import chat_kinds, image_kinds, video_kinds
from shared.miniapp.take_act import take_act
from shared.payments.publish_card_order import CARD_ORDERS_PATH, find_told_invoice
from shared.payments.reconcile import reconcile_payments
from shared.people.user_documents import user_key
from shared.people.users import User, new_user
from shared.pictures.byte_budget import ByteBudget
from shared.ports import (
    AppPorts,
    CardPayments,
    Create,
    PictureStudio,
    Ports,
    RepairPorts,
    TalkStudio,
    Version,
    VideoStudio,
    Write,
)
from shared.rest.describe_job import describe_untold
from shared.surfaces import SCREENS, SURFACES
from shared.task import Task
from shared.telegram.look_at_webhook import look_at_webhook
from shared.videos.take_notice import take_notice
from shared.voices.speak_along import speak_along
from shared.webhooks.deliver_event import deliver_event
from shared.webhooks.publish_event import WEBHOOKS_OFF_PATH, read_owner, read_waits
from shared.webhooks.sending_room import SendingRoom
from shared.webhooks.tell_off import tell_off
from tests.fakes.blobs import FakeBlobStore
from tests.fakes.clock import FakeClock
from tests.fakes.file_reader import FakeFileReader
from tests.fakes.ids import FakeIds
from tests.fakes.links import FakeLinks
from tests.fakes.messenger import FakeMessenger, Shown
from tests.fakes.model import FakeModel
from tests.fakes.pictures import PNG, FakePictures
from tests.fakes.receivers import FakeReceivers
from tests.fakes.speech_model import FakeSpeechModel
from tests.fakes.store import FakeStore
from tests.fakes.tasks import FakeTaskQueue
from tests.fakes.text_model import FakeTextModel
from tests.fakes.transcoder import FakeTranscoder
from tests.fakes.video_files import FakeVideoFiles
from tests.fakes.video_model import FakeVideoModel
from tests.sounds import make_spoken

Json = dict[str, Any]
Writes = Sequence[Write]

ME = 501
OTHER = 502
GROUP = -1001
SUPPORT = "@our_support"
BOT_ID = 1234567
SNAPSHOT = PNG + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1 somebody's photo"
TASKS_MAX = 500


class FragileStore(FakeStore):
    """A store in which others come first, or which fails, at a chosen commit."""

    def __init__(self) -> None:
        super().__init__()
        self._before: list[tuple[Callable[[Writes], bool], Callable[[], Awaitable[object]]]] = []
        self._after: list[Callable[[Writes], bool]] = []

    def interrupt(self, when: Callable[[Writes], bool], action: Callable[[], Awaitable[object]]) -> None:
        """Once, just before the next commit that fits, let `action` happen; it may raise."""
        self._before.append((when, action))

    def lose(self, when: Callable[[Writes], bool]) -> None:
        """Once, carry out the next commit that fits and lose its answer."""
        self._after.append(when)

    async def commit(self, writes: Writes) -> list[Version]:
        for entry in [entry for entry in self._before if entry[0](writes)][:1]:
            self._before.remove(entry)
            await entry[1]()
        versions = await super().commit(writes)
        for when in [when for when in self._after if when(writes)][:1]:
            self._after.remove(when)
            raise UnavailableError("the answer to a commit was lost")
        return versions


@dataclass
class FragileBlobStore(FakeBlobStore):
    """A bucket that fails for the next `outages` puts."""

    outages: int = 0
    blobs: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    facts: dict[str, dict[str, str]] = field(default_factory=dict)

    async def put(
        self, name: str, content: bytes, mime_type: str, facts: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        if self.outages:
            self.outages -= 1
            raise UnavailableError("the bucket is out")
        await super().put(name, content, mime_type, facts)


class FragileTaskQueue(FakeTaskQueue):
    """A queue that fails for the next `outages` tasks."""

    outages: int = 0

    async def enqueue(self, task: Task) -> None:
        if self.outages:
            self.outages -= 1
            raise UnavailableError("the queue is out")
        await super().enqueue(task)


def any_commit(writes: Writes) -> bool:
    return True


def nth_commit(number: int) -> Callable[[Writes], bool]:
    """Whether a commit is the one of this number, counted from 0 and from now on."""
    counter = count()
    return lambda writes: next(counter) == number


def writes_to(collection: str, **fields: object) -> Callable[[Writes], bool]:
    """Whether a commit writes a document of this collection with these fields: `writes_to("jobs", state="made")`."""
    return lambda writes: any(
        write.key.collection == collection and fields.items() <= _comparable(write.fields).items() for write in writes
    )


def changes_card(writes: Writes) -> bool:
    """Whether a commit writes down the card of a job or draft."""
    return any(write.fields.get("card_message_id") is not None for write in writes)


def _comparable(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if not isinstance(value, (list, dict))}


@dataclass
class World:
    """See the module's docstring."""

    clock: FakeClock = field(default_factory=FakeClock)
    store: FragileStore = field(default_factory=FragileStore)
    tasks: FragileTaskQueue = field(default_factory=FragileTaskQueue)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    blobs: FragileBlobStore = field(default_factory=FragileBlobStore)
    ids: FakeIds = field(default_factory=FakeIds)
    model: FakeModel = field(default_factory=FakeModel)
    text_model: FakeTextModel = field(default_factory=FakeTextModel)
    speech_model: FakeSpeechModel = field(default_factory=FakeSpeechModel)
    video_model: FakeVideoModel = field(default_factory=FakeVideoModel)
    pictures: FakePictures = field(default_factory=FakePictures)
    links: FakeLinks = field(default_factory=FakeLinks)
    receivers: FakeReceivers = field(default_factory=FakeReceivers)
    sending_room: SendingRoom = field(default_factory=SendingRoom)
    budget: ByteBudget = field(default_factory=ByteBudget)
    caps: Caps = field(default_factory=lambda: Caps(1_000_000_000, 1_000_000_000))
    kinds: dict[str, Kind[PictureStudio]] = field(default_factory=lambda: {**image_kinds()})
    chat_kinds: dict[str, Kind[TalkStudio]] = field(default_factory=lambda: {**chat_kinds()})
    video_kinds: dict[str, Kind[VideoStudio]] = field(default_factory=lambda: {**video_kinds()})
    last_update_id: int = 10_000

    def __post_init__(self) -> None:
        self.ports = Ports(
            store=self.store,
            tasks=self.tasks,
            clock=self.clock,
            messenger=self.messenger,
            blobs=self.blobs,
            ids=self.ids,
            spending=SpendingBook(self.store, self.clock, self.ids, self.caps),
            surfaces=SURFACES,
            screens=SCREENS,
            bot_id=BOT_ID,
        )
        self.repair_ports = RepairPorts(self.store, self.tasks, self.clock)
        self.studio = PictureStudio({"gemini": self.model}, self.pictures, self.budget)
        self.talk_studio = TalkStudio(
            {"gemini": self.text_model},
            FakeFileReader(self.pictures),
            self.budget,
            speakers={"gemini": self.speech_model},
            speak_along=speak_along,
            links=self.links,
        )
        self.video_files = FakeVideoFiles(self.blobs)
        self.transcoder = FakeTranscoder(self.blobs)
        self.video_studio = VideoStudio(
            {"gemini": self.video_model}, self.blobs, self.video_files, self.pictures, self.budget, self.transcoder
        )

    @property
    def app_ports(self) -> AppPorts:
        """What the Mini App has: the same world without Telegram."""
        given = {each.name: getattr(self.ports, each.name) for each in fields(Ports)}
        given |= {"messenger": AbsentMessenger("our_bot"), "order_keys": (), "cards": {}}
        currencies = frozenset(each for cards in self.ports.cards.values() for each in cards.currencies)
        given |= {"media": self.blobs, "pictures": self.pictures, "receivers": self.receivers}
        return AppPorts(**given, card_currencies=currencies)

    def sell(self, *order_keys: bytes, cards: Mapping[str, CardPayments] = MappingProxyType({})) -> None:
        """Sell credits, with these keys for invoices and by these cards; without keys nothing is sold."""
        contact = SUPPORT if order_keys else ""
        self.ports = replace(self.ports, order_keys=order_keys, support_contact=contact, cards=cards)

    # --- what people send ---

    def message(
        self, text: str = "", *, user_id: int = ME, chat_id: int | None = None, language: str = "en", **fields: Any
    ) -> Json:
        """A message, in the person's private chat or in the group `chat_id`; `fields` are added as they are."""
        chat = chat_id or user_id
        body = {
            "message_id": self._new_message_id(),
            "date": int(self.clock.now().timestamp()),
            "from": {"id": user_id, "is_bot": False, "first_name": "Ann", "language_code": language},
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup"},
        }
        return {"update_id": self._new_update_id(), "message": body | _words("text", text) | fields}

    def photo(self, caption: str = "", *, picture: bytes = SNAPSHOT, **options: Any) -> Json:
        """A photo; `media_group_id="7"` makes it a part of an album."""
        size = {"file_id": self.messenger.add_file(picture), "width": 90, "height": 90, "file_size": len(picture)}
        return self.message(photo=[size], **_words("caption", caption), **options)

    def file(self, content: bytes, name: str, caption: str = "", *, mime_type: str = "", **options: Any) -> Json:
        """A file that is no picture."""
        document = {"file_id": self.messenger.add_file(content), "file_name": name, "file_size": len(content)}
        typed = {"mime_type": mime_type} if mime_type else {}
        return self.message(document=document | typed, **_words("caption", caption), **options)

    def voice(self, words: str | bytes, *, seconds: int = 3, **options: Any) -> Json:
        """A voice message in which these words are spoken."""
        content = words if isinstance(words, bytes) else make_spoken(words, seconds=seconds)
        voice = {"file_id": self.messenger.add_file(content), "duration": seconds, "mime_type": "audio/ogg"}
        return self.message(voice=voice | {"file_size": len(content)}, **options)

    def reply(self, text: str, shown: Shown | int, *, sender_id: int = BOT_ID, **options: Any) -> Json:
        """A reply to a message of the bot, or with `sender_id` of somebody else."""
        message_id = shown if isinstance(shown, int) else shown.message_id
        replied = {"message_id": message_id, "from": {"id": sender_id, "is_bot": sender_id == BOT_ID}}
        return self.message(text, reply_to_message=replied, **options)

    def edited(self, update: Json, text: str) -> Json:
        """The same message with other words."""
        body = update["message"]
        name = "caption" if "photo" in body else "text"
        return {"update_id": self._new_update_id(), "edited_message": body | _words(name, text)}

    def tap(
        self, action: str, shown: Shown, *, user_id: int = ME, chat_id: int | None = None, language: str = "en"
    ) -> Json:
        """A press of the button of `shown` whose data start with this action ("set;ratio;16:9" is one too)."""
        found = [b.data for row in shown.buttons for b in row if b.data.startswith(f"1;{action}")]
        assert found, f"no button {action} among {shown.buttons}"
        return self.tap_data(found[0], shown.message_id, user_id=user_id, chat_id=chat_id, language=language)

    def tap_data(
        self, data: str, message_id: int, *, user_id: int = ME, chat_id: int | None = None, language: str = "en"
    ) -> Json:
        """A press of a button with any data."""
        chat = chat_id or user_id
        update_id = self._new_update_id()
        query = {
            "id": f"query-{update_id}",
            "from": {"id": user_id, "is_bot": False, "first_name": "Ann", "language_code": language},
            "message": {"message_id": message_id, "chat": {"id": chat, "type": "private" if chat > 0 else "group"}},
            "data": data,
        }
        return {"update_id": update_id, "callback_query": query}

    def inline(self, words: str = "", *, offset: str = "", user_id: int = ME, language: str = "en") -> Json:
        """What a person types after the bot's name in any chat; its answer is `messenger.inline[query id]`."""
        update_id = self._new_update_id()
        person = {"id": user_id, "is_bot": False, "first_name": "Ann", "language_code": language}
        query = {"id": f"inline-{update_id}", "from": person, "query": words, "offset": offset, "chat_type": "group"}
        return {"update_id": update_id, "inline_query": query}

    def stopped(self, draft_id: int, *, user_id: int = ME) -> Json:
        """*Stop* at a draft."""
        stop = {"chat": {"id": user_id, "type": "private"}, "draft_id": draft_id}
        return {"update_id": self._new_update_id(), "stopped_message_generation": stop}

    # --- what the functions do ---

    async def deliver(
        self, update: Json | bytes, deferrals: int = 0, failures: int = 0, received_at: datetime | None = None
    ) -> None:
        """Hand one update to `bot`, which the webhook got just now or at `received_at`."""
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        update_id = 0 if isinstance(update, bytes) else int(update["update_id"])
        made_at = self.clock.now() + timedelta(microseconds=update_id % 1_000_000)  # in the order of their making
        await take_update(self.ports, body, Delivery(received_at or made_at, deferrals, failures))

    async def send(self, *updates: Json) -> None:
        """Deliver updates in this order, then run tasks until none is left."""
        for update in updates:
            await self.deliver(update)
        await self.settle()

    async def run_task(self, task: Task) -> None:
        """Hand one task to the function of its queue, as Cloud Tasks would once its time has come."""
        if task.not_before is not None and task.not_before > self.clock.now():
            self.clock.set(task.not_before)
        if task.queue == "image":
            said = json.loads(task.body)
            carried = read_record(said["job"], said.get("record"))
            await move_job(self.ports, self.studio, self.kinds, said["job"], carried)
        elif task.queue == "video" and task.path == NOTICES_TASK_PATH:
            said = json.loads(task.body)
            told = said.get(TOLD_OPERATION, "")
            await take_notice(self.ports, self.video_studio, self.video_kinds, said["job"], told)
        elif task.queue == "video":
            await move_job(self.ports, self.video_studio, self.video_kinds, json.loads(task.body)["job"])
        elif task.queue == "chat" and task.path == UPDATES_PATH:
            await take_update(self.ports, task.body, _delivery_of(task, self.clock.now()), self.talk_studio)
        elif task.queue == "chat" and task.path == STOPS_PATH:
            hurry(self.talk_studio, json.loads(task.body)["job"])
        elif task.queue == "chat":
            said = json.loads(task.body)
            carried = read_record(said["job"], said.get("record"))
            await move_job(self.ports, self.talk_studio, self.chat_kinds, said["job"], carried)
        elif task.queue == "api":
            said = json.loads(task.body)
            await deliver_event(self.app_ports, self.sending_room, describe_untold, said["event"], read_waits(said))
        else:
            await self._run_task_of_bot(task)

    async def _run_task_of_bot(self, task: Task) -> None:
        if task.path == ACTS_PATH:
            await take_act(self.ports, task.body)
        elif task.path == CARD_ORDERS_PATH:
            said = json.loads(task.body)
            await take_card_order(self.ports, said["order"], find_told_invoice(said))
        elif task.path == BROADCASTS_PATH:
            said = json.loads(task.body)
            await carry_broadcast(self.ports, said["broadcast"], read_round(said))
        elif task.path == "/drafts":
            await take_draft(self.ports, json.loads(task.body)["draft"])
        elif task.path == DUES_PATH:
            said = json.loads(task.body)
            await route_due(self.ports, said["collection"], said["due"])
        elif task.path == WEBHOOKS_OFF_PATH:
            said = json.loads(task.body)
            await tell_off(self.ports, read_owner(said), said["key"])
        elif task.path == RECONCILE_PATH:
            await reconcile_payments(self.ports)
        elif task.path == LOOK_PATH:
            await look_at_webhook(self.ports, self.messenger.webhook.url, task.body)
        else:
            await take_update(self.ports, task.body, _delivery_of(task, self.clock.now()))

    async def move(self, job: Job) -> None:
        """What one more task of this job does, at once."""
        if job.kind in self.chat_kinds:
            await move_job(self.ports, self.talk_studio, self.chat_kinds, job.id)
        elif job.kind in self.video_kinds:
            await move_job(self.ports, self.video_studio, self.video_kinds, job.id)
        else:
            await move_job(self.ports, self.studio, self.kinds, job.id)

    async def run_next(self) -> bool:
        """Run the task that is due first; False when there is none."""
        if not self.tasks.tasks:
            return False
        first = min(self.tasks.tasks, key=lambda task: task.not_before or datetime.min.replace(tzinfo=self.now.tzinfo))
        self.tasks.tasks.remove(first)
        await self.run_task(first)
        return True

    async def settle(self) -> None:
        """Run tasks, the earliest first, until none is left."""
        for _ in range(TASKS_MAX):
            if not await self.run_next():
                return
        raise AssertionError(f"not quiet after {TASKS_MAX} tasks")

    # --- what is there afterwards ---

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def jobs(self) -> list[Job]:
        """All jobs, in the order of their requests and numbers."""
        stored = sorted(
            self.store.collection("jobs").values(), key=lambda fields: (fields["update_id"], fields["index"])
        )
        return [decode_job(fields, self.ports.screens, self.ports.surfaces) for fields in stored]

    def job(self) -> Job:
        """The only job."""
        [job] = self.jobs()
        return job

    def shown(self, chat_id: int = ME) -> Shown:
        """The last message of a chat."""
        return self.messenger.messages(chat_id)[-1]

    def user(self, user_id: int = ME) -> User:
        return decode(User, self.store.collection("users")[str(user_id)])

    def transfers(self) -> list[Transfer]:
        return [decode(Transfer, fields) for fields in self.store.collection("transfers").values()]

    async def give(self, available: int, user_id: int = ME, **account: Any) -> None:
        """Start a person with this many credits; only before their first update."""
        user, gift = new_user(user_id, self.now)
        gift = replace(gift, credits=available)
        user = replace(user, account=replace(user.account, available=available, **account))
        transfer = replace(gift, id=f"credit:test:{user_id}")
        key = replace(user_key(user_id), collection="transfers", id=transfer.id)
        await self.store.commit([Create(user_key(user_id), encode(user)), Create(key, encode(transfer))])

    def check_money(self, *, at_rest: bool = True) -> None:
        """The books are right; `at_rest`: and nothing is under way."""
        users = [decode(User, fields) for fields in self.store.collection("users").values()]
        wallets = [decode(Wallet, fields) for fields in self.store.collection("wallets").values()]
        assert audit(users, self.jobs(), self.transfers(), at_rest=at_rest, wallets=wallets) == []

    def _new_update_id(self) -> int:
        self.last_update_id += 1
        return self.last_update_id

    def _new_message_id(self) -> int:
        self.messenger.next_message_id += 1
        return self.messenger.next_message_id


def _delivery_of(task: Task, now: datetime) -> Delivery:
    received = task.headers.get(RECEIVED_HEADER)
    received_at = datetime.fromisoformat(received) if received else now
    return Delivery(received_at, int(task.headers.get(DEFERRALS_HEADER, "0")))


def _words(name: str, text: str) -> Json:
    """A text or caption, with the entity Telegram adds where it starts with a command."""
    if not text:
        return {}
    command = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
    entities = "entities" if name == "text" else "caption_entities"
    return {name: text, entities: [command]} if text.startswith("/") else {name: text}
