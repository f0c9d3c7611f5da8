"""The whole system in one process and in virtual time."""

import asyncio
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import StringIO
from types import MappingProxyType
from typing import Any, cast
from zlib import crc32

from infra.functions import FUNCTIONS, QUEUES
from shared.bot.intake import take_draft, take_update
from shared.bot.route_due import route_due
from shared.bot.take_card_order import take_card_order
from shared.broadcasts.carry_broadcast import carry_broadcast
from shared.broadcasts.publish_broadcast import BROADCASTS_PATH, read_round
from shared.broadcasts.sweep_broadcasts import sweep_broadcasts
from shared.codec import decode, encode
from shared.conversations.answer import is_answer
from shared.conversations.watch_stop import hurry
from shared.credits.bounds import Caps
from shared.credits.ledger import Account, welcome
from shared.credits.spending import SpendingBook
from shared.credits.transfer_documents import create_transfer
from shared.delivery import (
    ACTS_PATH,
    DEFERRALS_HEADER,
    RECEIVED_HEADER,
    RECONCILE_PATH,
    STOPS_PATH,
    UPDATES_PATH,
    Delivery,
)
from shared.errors import UnavailableError
from shared.jobs.attempts import was_drawn
from shared.jobs.carry_record import read_record
from shared.jobs.check_books import check_books
from shared.jobs.job import ENDS, Job, JobState
from shared.jobs.move_job import move_job
from shared.jobs.publish_jobs import DUES_PATH
from shared.jobs.sweep_work import sweep_work
from shared.kinds import chat_kinds, image_kinds, video_kinds
from shared.miniapp.take_act import take_act
from shared.payments.publish_card_order import CARD_ORDERS_PATH, find_told_invoice
from shared.payments.reconcile import reconcile_payments, start_reconciliation
from shared.payments.sweep_card_orders import sweep_card_orders
from shared.people.perks import Perks
from shared.people.speech_settings import SpeechSettings
from shared.people.talk import TalkSettings, place_of, with_mode
from shared.people.user_documents import user_key
from shared.people.users import User, is_covered
from shared.pictures.byte_budget import ByteBudget
from shared.ports import (
    Create,
    Delete,
    Fields,
    Increment,
    Invoice,
    Key,
    Media,
    MediaStore,
    PictureStudio,
    Place,
    Ports,
    Provider,
    Query,
    Screen,
    Sent,
    TalkStudio,
    Version,
    VideoStudio,
    Write,
)
from shared.surfaces import SCREENS, SURFACES
from shared.task import Task
from shared.telegram.address import asked_of, chat_of
from shared.telegram.move_place import bring_here
from shared.videos.video import is_video, video_artefacts
from shared.voices.speak_along import speak_along
from tests.fakes.blobs import FakeBlobStore
from tests.fakes.file_reader import FakeFileReader
from tests.fakes.ids import FakeIds
from tests.fakes.messenger import Call, FakeMessenger, Kind, Shown
from tests.fakes.model import FakeModel
from tests.fakes.pictures import PNG, FakePictures
from tests.fakes.store import FakeStore
from tests.simulation.buyers import ORDER_KEY, Buyers, Offered
from tests.simulation.card_buyers import CardBuyers
from tests.simulation.chaos import CALM, Chaos, KilledError, Life, Odds
from tests.simulation.clients import PACE, Clients
from tests.simulation.givers import Givers, make_codes
from tests.simulation.group_wallet import fund_group
from tests.simulation.moody_cards import PROVIDER as PROVIDER_OF_CARDS
from tests.simulation.moody_cards import MoodyCards
from tests.simulation.moody_speech import MoodySpeechModel
from tests.simulation.moody_text import MoodyTextModel
from tests.simulation.moody_transcoder import MoodyTranscoder
from tests.simulation.moody_videos import CheckedVideoFiles, MoodyVideoModel
from tests.simulation.neighbours import ask_newer_release, damage_conversation
from tests.simulation.paymasters import ADMINS, Paymasters
from tests.simulation.people import BOT_ID, CLOSING_ID, MOVED_ID, MOVING_ID, PHOTOLESS_ID, Crowd, Finger
from tests.simulation.programs import Programs
from tests.simulation.slow_work import PROVIDER, SLOW_KINDS, SlowProvider
from tests.simulation.talkers import BY_COMMAND, IN_CHAT_MODE
from tests.simulation.treasurers import BEFORE_MIDNIGHT, Treasurers
from tests.simulation.virtual_time import EPOCH, VirtualClock
from tests.simulation.wallet_watch import WalletWatch
from tests.stored import read_job

DEADLINE_SECONDS = {queue: float(FUNCTIONS[queue].limits["deadline_seconds"]) for queue in QUEUES}
REPAIRED_PATHS = frozenset({"/drafts", DUES_PATH, CARD_ORDERS_PATH, RECONCILE_PATH, BROADCASTS_PATH})
"""The paths of `bot` whose tasks `sweep` makes again."""
OVER = {JobState.REFUSED, JobState.DELIVERED, JobState.FAILED, JobState.CANCELED}
MOVERS = frozenset({"image", "chat", "video"})
"""The queues whose tasks move jobs."""
NEWER = {"bought": {"credits": 7}}
"""What a newer release keeps in an account, and this one knows nothing of."""
UNREADABLE = {
    name: {"id": name, "state": "queued", "request": "what no release wrote", "sweep_at": EPOCH}
    for name in ("unreadable-1", "unreadable-2", "unreadable-3")
}
"""Documents that nobody can read, due before all others: in `jobs` and in `drafts`."""
REPAIR_ROUNDS = 90
"""Of 30 s: longer than a deadline, two leases and a few sweeps."""
LATE_ROUNDS, LATE_ROUND_SECONDS = 36, 3600
"""Longer than a video may come after its deadline, and is deleted at its provider."""
ROUNDS_OF_NIGHTS_MIN, ROUNDS_OF_NIGHTS_MAX = 16, 40
"""So many of these, where nights are short: by the former shows itself what they name without reason, and by the latter
every order was asked for twice.
"""
PROVIDER_THERE_SECONDS_MIN = 120
WIDE_CAPS, TIGHT_CAPS = Caps(10**12, 10**12), Caps(4_000_000, 25_000_000)
"""What models may cost: the latter is spent soon."""
TASK_LOST_ODDS = 0.02
"""Cloud Tasks deletes exhausted tasks silently: some repairs have to come from `sweep`."""
STOP_FINDS_ITS_PROCESS_ODDS = 0.8
HURRIED, UNREVIEWED = 3, 20
"""Where everybody has videos made, one person of so many wants no review of those that cost up to so many credits."""
ONCE = ("credit:welcome:", "bonus:promo:")
"""The beginnings of transfers that each person gets once in a life, also after an erasure."""
LOST_RACE = "rounds"
"""What an outage says of itself that is none: a commit lost against others as often as it may."""
TASKS_MAX, TASKS_PER_UPDATE_MAX = 2_000, 40
"""Ten times what a storm needs. Where a task brings forth more than one task, nobody could pay for it."""


def is_of_older(key: Key) -> bool:
    """One job or draft in ten was written by a release that knows no shards, and is never written by another."""
    return key.collection in {"jobs", "drafts"} and key.id not in UNREADABLE and crc32(key.id.encode()) % 10 == 0


def as_older_writes(write: Write) -> Write:
    """What a release without shards would have written."""
    if isinstance(write, Increment | Delete) or not is_of_older(write.key):
        return write
    return replace(write, fields={name: value for name, value in write.fields.items() if name != "shard"})


@dataclass
class AnswerTimes:
    """When something was written down about an answer, in the loop's time."""

    order: tuple[int, int]
    """By which Telegram orders what it asks with: the time in seconds, and the message."""
    created: float
    began: float | None = None
    """Its first attempt."""
    over: float | None = None
    """It holds nobody up any more."""
    stopped: float | None = None
    """Its person wants no more of it."""


class WatchedStore(FakeStore):
    """The store, with an eye on what is written in which order."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, AnswerTimes] = {}
        self.ignored_cancels: list[str] = []
        self.unreviewed: dict[str, int] = {}
        """job → the price up to which its person wanted no review of videos, when it was accepted."""
        self.given: Counter[str] = Counter()
        """Credits that each person gets once: the id of the transfer → how often it was booked."""
        self.erased: Counter[str] = Counter()
        self.known_since: dict[int, datetime] = {}
        """When each person was stored."""
        self.without_news: set[int] = set()
        """Who ever wanted none."""
        self.watch: WalletWatch | None = None
        self.booked: list[tuple[datetime, int]] = []
        """When how much was counted against the caps, in millionths of a US dollar."""

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        versions = await super().commit([as_older_writes(write) for write in writes])
        for write in writes:
            if isinstance(write, Increment) and write.key.collection == "spend":
                self.booked.append((VirtualClock().now(), write.fields["day"]))
            if isinstance(write, Create) and write.key.id.startswith(ONCE):
                self.given[write.key.id] += 1
            if isinstance(write, Delete):
                self.erased[write.key.id] += write.key.collection == "users"
                continue
            if write.key.collection == "users" and isinstance(write, Create):
                self.known_since[int(write.key.id)] = VirtualClock().now()
            if write.key.collection == "users" and not isinstance(write, Increment):
                is_off = (write.fields.get("news") or {}).get("is_off")
                self.without_news |= {int(write.key.id)} if is_off else set()
            if write.key.collection == "jobs" and write.fields.get("kind") == "answer":
                self._watch_answer(write)
            if isinstance(write, Create) and write.key.collection == "jobs" and write.key.id not in UNREADABLE:
                self._watch_accepted(read_job(write.fields))
        if self.watch is not None:
            self.watch.look(writes)
        return versions

    def _watch_answer(self, write: Write) -> None:
        now, fields = asyncio.get_running_loop().time(), cast("Fields", write.fields)
        order = int((fields["sent_at"] or fields["asked_at"]).timestamp()), fields["message_id"]
        times = self.answers.setdefault(write.key.id, AnswerTimes(order, now))
        if times.began is None and fields["attempts"]:
            times.began = now
        if times.over is None and fields["state"] in OVER:
            times.over = now
        is_canceled = fields["state"] == JobState.REFUSED and fields["failure"] is None
        if times.stopped is None and (is_canceled or fields["stop_asked_at"] is not None):
            times.stopped = now

    def _watch_accepted(self, job: Job) -> None:
        """A request that arrives after the /cancel that was sent after it holds nothing."""
        user = decode(User, self._documents[user_key(job.user_id)].fields)
        self.unreviewed[job.id] = user.talk.review_above
        if is_covered(user, BOT_ID, asked_of(job)) and job.state is not JobState.CANCELED:
            self.ignored_cancels.append(f"job {job.id} was accepted although a later /cancel had come")


class WatchedBlobStore(FakeBlobStore):
    """The bucket, with an eye on when each picture was there first."""

    def __init__(self) -> None:
        super().__init__()
        self.put_at: dict[str, datetime] = {}

    async def put(
        self, name: str, content: bytes, mime_type: str, facts: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        await super().put(name, content, mime_type, facts)
        if content.startswith(PNG):  # neither a signature nor a file that is no picture
            self.put_at.setdefault(name, VirtualClock().now())


class WatchedMessenger(FakeMessenger):
    """Telegram, with an eye on what each message ever said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
        self.seen_as_text: set[tuple[int, int]] = set()
        """Where somebody looked whether the picture stands there already, and it did not."""
        self.invoices: list[Offered] = []
        """What can be paid."""
        self.arrived: list[Call] = []
        """What Telegram did, whether its answer came or not."""
        self.hear_return: Callable[[str], None] = lambda charge_id: None
        """Called when Stars were given back because we asked for it."""

    def _edit(self, place: Place, message_id: int, screen: Screen, kinds: tuple[Kind, ...]) -> None:
        message = self.chats[place.chat_id].get(message_id)
        if message is not None and message.kind == "text" and "text" not in kinds:
            self.seen_as_text.add((place.chat_id, message_id))
        super()._edit(place, message_id, screen, kinds)

    def _add(self, place: Place, kind: Kind, screen: Screen, file_id: str) -> Shown:
        shown = super()._add(place, kind, screen, file_id)
        self.said[place.chat_id, shown.message_id].add(shown.text)
        return shown

    async def send_voice(self, place: Place, voice: Media, seconds: int, caption: Screen) -> Sent:
        sent = await super().send_voice(place, voice, seconds, caption)
        self.arrived.append(Call("send_voice", place.chat_id, sent.message_id, caption, voice))
        return sent

    async def send_invoice(self, place: Place, invoice: Invoice) -> int:
        message_id = await super().send_invoice(place, invoice)
        self.invoices.append(Offered(place.chat_id, invoice))
        return message_id

    async def return_stars(self, user_id: int, charge_id: str) -> None:
        self.returned_at = VirtualClock().now()
        await super().return_stars(user_id, charge_id)
        self.hear_return(charge_id)

    async def send_document(self, place: Place, document: Media, caption: Screen) -> Sent:
        sent = await super().send_document(place, document, caption)
        self.arrived.append(Call("send_document", place.chat_id, sent.message_id, caption, document))
        return sent

    def _show(self, place: Place, message: Shown) -> bool:
        self.said[place.chat_id, message.message_id].add(message.text)
        return super()._show(place, message)


class SimulatedQueue:
    """A TaskQueue that delivers at least once, in any order, and now and then loses a repairable task."""

    def __init__(self, world: "World") -> None:
        self._world = world

    async def enqueue(self, task: Task) -> None:
        self._world.deliver_task(task)


def count_ends(jobs: Iterable[Job]) -> Counter[str]:
    """What became of them, as far as the places and second thoughts had a part in it."""
    facts: Counter[str] = Counter()
    for job in jobs:
        facts["stopped while drawn"] += was_drawn(job)
        facts["gone to the private chat"] += chat_of(job).left is not None
        facts["gone to the supergroup"] += chat_of(job).chat_id == MOVED_ID and chat_of(job).message_id == 0
    return facts


@dataclass
class World:
    """The system, its people and its weather."""

    seed: int
    updates: int
    caps: Caps = WIDE_CAPS
    credit_count: int = 50_000
    """What most people begin with."""
    people: int = 60
    odds: Odds = field(default_factory=Odds)
    is_slow: bool = False
    """Pictures take the provider minutes: `slow_work.py`."""
    is_talkative: bool = False
    """Only those people do anything who talk: `talkers.py`."""
    is_buying: bool = False
    """Only then credits are sold, and everybody buys: `buyers.py`."""
    is_giving: bool = False
    """Everybody buys and gives credits away, and days are seconds: `givers.py`."""
    is_by_card: bool = False
    """Everybody buys, also by card, and nights are short: `card_buyers.py`."""
    has_clients: bool = False
    """Half of what happens is done by people who write to operators, or have themselves erased: `clients.py`."""
    has_purses: bool = False
    """Groups have wallets, and everybody is in all of them: `treasurers.py`."""
    aim: str = ""
    """The action of the buttons that are pressed again and again; empty: any."""
    dice: random.Random = field(init=False)
    pending: set[asyncio.Task[Any]] = field(default_factory=set)
    facts: Counter[str] = field(default_factory=Counter)
    tasks_are_lost: bool = True
    bugs: Counter[str] = field(default_factory=Counter)
    ever_blocked: set[int] = field(default_factory=set)
    lost_tasks: set[str] = field(default_factory=set)
    """The jobs that they were about."""

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 — repeatable on purpose
        self.store, self.messenger, self.blobs = WatchedStore(), WatchedMessenger(), WatchedBlobStore()
        clock, ids = VirtualClock(), FakeIds(self.seed)
        self.cards = MoodyCards(world=self)
        self.said = StringIO()
        """The product's own log."""
        self.ports = Ports(
            store=self.store,
            tasks=SimulatedQueue(self),
            clock=clock,
            messenger=self.messenger,
            blobs=self.blobs,
            ids=ids,
            spending=SpendingBook(self.store, clock, ids, self.caps, books_ahead=True),
            surfaces=SURFACES,
            screens=SCREENS,
            bot_id=BOT_ID,
            drafts=self.seed % 3 != 0,
            order_keys=(ORDER_KEY,) if self.is_buying or self.has_purses else (),
            support_contact="@our_support" if self.is_buying else "",
            cards={PROVIDER_OF_CARDS: self.cards} if self.is_by_card else {},
        )
        self.chaos = Chaos(self.dice, self.odds)
        self.slow = SlowProvider(self.chaos)
        providers = {"gemini": FakeModel(), PROVIDER: cast("Provider", self.slow)}
        self.studio = PictureStudio(providers, FakePictures(), ByteBudget())
        self.text_model, self.speech_model = MoodyTextModel(self.chaos), MoodySpeechModel(self.chaos)
        self.talk_studio = TalkStudio({}, FakeFileReader(), ByteBudget(), speak_along=speak_along)
        self.sweep_seconds = 10.0
        self.video_model, self.transcoder = MoodyVideoModel(self.chaos), MoodyTranscoder(self.chaos, self.blobs)
        self.kinds = SLOW_KINDS if self.is_slow else image_kinds()
        self.crowd = Crowd(self.dice, self.messenger, self.ports.clock, self.people)
        self.crowd.is_talkative, self.crowd.aim = self.is_talkative, self.aim
        self.crowd.buyers = Buyers(self.crowd, self.messenger.invoices) if self.is_buying else None
        if self.is_giving:
            self.crowd.buyers = Givers(self.crowd, self.messenger.invoices)
        if self.is_by_card:
            self.crowd.buyers = buyers = CardBuyers(self.crowd, self.messenger.invoices, world=self)
            self.messenger.hear_return = buyers.hear_return
        self.watch, self.programs, self.paymasters = None, None, None
        if self.has_purses:
            self.crowd.buyers = Treasurers(self.crowd, self.messenger.invoices, world=self)
            self.watch = self.store.watch = WalletWatch(self.store._documents, self.crowd.pressed)
            self.programs, self.paymasters = Programs(self), Paymasters(self)
            self.ports = replace(self.ports, admin_ids=frozenset(ADMINS))
        self.clients = None
        if self.has_clients:
            self.clients = self.crowd.clients = Clients(self)
            self.ports = self.clients.equip(self.ports)
        self.crowd.photo = self.messenger.add_file(b"\x89PNG\r\n\x1a\n" + b"\0" * 30)

    # --- delivery ---

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self.pending.add(task)
        task.add_done_callback(self.pending.discard)

    def deliver_task(self, task: Task) -> None:
        self.facts["tasks"] += 1
        if self.facts["tasks"] > TASKS_MAX + TASKS_PER_UPDATE_MAX * self.updates:
            self.bugs["tasks bring forth tasks"] = 1
            return
        if self._is_dropped(task) or self._is_for_tomorrow(task):
            return
        for _ in range(2 if self.dice.random() < 0.05 else 1):
            self.spawn(self._deliver(task))

    def _is_dropped(self, task: Task) -> bool:
        repairable = (task.queue in MOVERS and task.path != UPDATES_PATH) or task.path in REPAIRED_PATHS
        dropped = repairable and self.tasks_are_lost and self.dice.random() < TASK_LOST_ODDS
        self.facts["tasks lost"] += dropped
        if dropped:
            self.lost_tasks.add(json.loads(task.body).get("job", ""))
        return dropped

    def _is_for_tomorrow(self, task: Task) -> bool:
        """The end of a picture's day under a button: the run is over before."""
        tomorrow = self.ports.clock.now() + timedelta(hours=12)
        return task.not_before is not None and task.not_before > tomorrow

    async def _deliver(self, task: Task) -> None:
        wait = (task.not_before - self.ports.clock.now()).total_seconds() if task.not_before else 0.0
        await asyncio.sleep(max(wait, 0.0) + self.dice.random() * 0.5)
        failures = 0
        while not await self._call(task, failures):
            failures += 1
            if self._is_dropped(task):
                return
            await asyncio.sleep(min(60.0, 0.5 * 2 ** min(failures, 7)))

    async def _call(self, task: Task, failures: int) -> bool:
        """Whether the call was answered with 200 within the deadline; a slow worker goes on regardless."""
        handler = asyncio.get_running_loop().create_task(self._handle(task, failures))
        self.pending.add(handler)
        handler.add_done_callback(self.pending.discard)
        done, _ = await asyncio.wait({handler}, timeout=DEADLINE_SECONDS[task.queue])
        return bool(done) and handler.result()

    async def _handle(self, task: Task, failures: int) -> bool:
        life = Life()
        ports, studio = self.chaos.wrap(self.ports, life), self.chaos.wrap_studio(self.studio, life)
        if task.queue in MOVERS and self.chaos.happens(self.chaos.odds.stopped):
            self.facts["processes stopped"] += 1
            self.spawn(life.stop(self.dice.uniform(0, 15)))
        try:
            if task.queue == "image":
                said = json.loads(task.body)
                carried = read_record(said["job"], said.get("record"))
                await move_job(ports, studio, self.kinds, said["job"], carried)
            elif task.queue == "video":
                await move_job(ports, self._open_video_studio(ports, life), video_kinds(), json.loads(task.body)["job"])
            elif task.path == UPDATES_PATH:
                talk_studio = self._open_talk_studio(life)
                await take_update(ports, task.body, _delivery_of(task, failures), talk_studio)
            elif task.queue == "chat":
                await self._answer(ports, task, life)
            else:
                await _handle_at_bot(ports, task, failures)
        except (KilledError, BaseExceptionGroup):  # the latter where it died in a group of downloads
            self.facts["kills"] += 1
            return False
        except UnavailableError as error:  # the endpoint answers 503 and the queue comes again
            self._note_outage(error)
            return False
        except Exception as error:  # noqa: BLE001 — the endpoint answers 500 and the queue comes again
            self.bugs[f"{type(error).__name__}: {error}"] += 1
            return False
        return True

    def _note_outage(self, error: UnavailableError) -> None:
        """The endpoint answered 503. So few contenders lose as many rounds as there are only to themselves."""
        self.facts["answered 503"] += 1
        if LOST_RACE in str(error):
            self.bugs[str(error)] += 1

    def _open_talk_studio(self, life: Life) -> TalkStudio:
        written, spoken = self.text_model.answering(life), self.speech_model.speaking(life)
        return self.chaos.wrap_talk_studio(self.talk_studio, written, spoken, life)

    def _open_video_studio(self, ports: Ports, life: Life) -> VideoStudio:
        media = cast("MediaStore", ports.blobs)
        provider = self.chaos.endanger(self.video_model.filming(life), life)
        files, transcoder = CheckedVideoFiles(media), self.transcoder.copying(life)
        return VideoStudio(
            {"gemini": provider}, media, files, FakePictures(), ByteBudget(), transcoder, stopping=life.stopping
        )

    async def _answer(self, ports: Ports, task: Task, life: Life) -> None:
        """What `chat` does for a job. All its processes are one here, but *Stop* does not always find the right one."""
        said = json.loads(task.body)
        if task.path == STOPS_PATH:
            if self.dice.random() < STOP_FINDS_ITS_PROCESS_ODDS:
                hurry(self.talk_studio, said["job"])
            return
        life.job_id, carried = said["job"], read_record(said["job"], said.get("record"))
        talk_studio = self._open_talk_studio(life)
        await move_job(ports, talk_studio, chat_kinds(), life.job_id, carried)

    # --- the run ---

    async def run(self) -> int:
        """Until all is at rest; how many updates were sent."""
        await self._fund()
        if self.programs is not None:
            await asyncio.sleep((timedelta(days=1) - BEFORE_MIDNIGHT).total_seconds())
            await self.programs.make_keys()
        else:
            await fund_group(self)
        if self.is_giving or self.has_clients:
            await make_codes(self)
        if self.clients is not None:
            self.spawn(self.clients.desk.write_to_everybody())
        await self._damage()
        await damage_conversation(self)
        await ask_newer_release(self)
        sweeper = asyncio.get_running_loop().create_task(self._sweep_for_ever())
        sent = 0
        while sent < self.updates:
            for delay, body, _ in self.crowd.act():
                sent += self._send(body, delay)
            finger = self.crowd.put_finger() if self.dice.random() < self.chaos.odds.impatient else None
            if finger is not None:
                self.spawn(self._press_impatiently(finger))
            self._mischief()
            await asyncio.sleep(self.dice.expovariate(PACE if self.has_clients else 2.0))
        await self._settle_down()
        if self.clients is not None:
            await self.clients.end()
        sweeper.cancel()
        self.facts["jobs"] = len(self.jobs())
        self.facts["answers"] = sum(is_answer(job) for job in self.jobs().values())
        self.facts["paid by the group"] = sum(bool(job.wallet_id) for job in self.jobs().values())
        self.facts |= count_ends(self.jobs().values())
        self.facts["messages"] = len(self.messenger.calls)
        return sent

    async def _fund(self) -> None:
        """Most people have credits for the whole run, some only the gift. A newer release knew the former."""
        for user_id in range(1, self.people + 1):
            if user_id % 5:
                account, transfer = welcome(Account(), user_id, self.credit_count, EPOCH)
                talk = with_mode(TalkSettings(), place_of(BOT_ID, user_id, None), "chat", EPOCH - timedelta(seconds=1))
                user = User(
                    user_id,
                    EPOCH,
                    account,
                    perks=Perks(giftable=self.credit_count * (self.is_giving or self.has_purses)),
                )
                if user_id % 10 == IN_CHAT_MODE and talk is not None:
                    user = replace(user, talk=talk)
                if user_id % 10 == BY_COMMAND and user_id % 20 > BY_COMMAND:
                    user = replace(user, speech=SpeechSettings("always"))
                if self.crowd.is_filming and user_id % HURRIED == 0:
                    user = replace(user, talk=replace(user.talk, review_above=UNREVIEWED))
                fields = encode(user, {"account": NEWER})
                await self.store.commit([Create(user_key(user_id), fields), create_transfer(transfer)])

    async def _damage(self) -> None:
        """Something wrote what is no job and no draft."""
        for collection in ("jobs", "drafts"):
            for name, fields in UNREADABLE.items():
                await self.store.commit([Create(Key(collection, name), fields)])

    def _send(self, body: bytes, delay: float, spread_seconds: float = 2.0) -> int:
        """Deliver an update, 30 % of them twice, half of those under a new update id; how many went out."""
        copies = [body]
        if self.dice.random() < 0.3:
            is_renumbered = self.dice.random() < 0.5
            copies.append(self.crowd.copy_under_new_id(body)[0] if is_renumbered else body)
            self.facts["duplicates"] += 1
        for copy in copies:
            later = self.ports.clock.now() + timedelta(seconds=delay + self.dice.random() * spread_seconds)
            headers = {RECEIVED_HEADER: (self.ports.clock.now() + timedelta(seconds=delay)).isoformat()}
            self.spawn(self._deliver(Task("bot", "/", copy, later, headers)))
        return len(copies)

    async def _press_impatiently(self, finger: Finger) -> None:
        """Two to ten presses within a second, or within four, each on what is there by then."""
        pause_seconds = 0.4 if finger.is_stubborn else 0.1
        for _ in range(self.dice.randint(2, 10)):
            press = self.crowd.press_again(finger)
            if press is None:
                return
            self._send(press[1], 0.0, spread_seconds=0.1)
            self.facts["impatient presses"] += 1
            await asyncio.sleep(self.dice.uniform(0.5, 1.0) * pause_seconds)

    def _mischief(self) -> None:
        """People delete cards and block the bot."""
        if self.dice.random() < 0.01:
            chat = self.messenger.chats[self.dice.randrange(1, self.people + 1)]
            if chat:
                chat.pop(self.dice.choice(list(chat)))
                self.facts["cards deleted"] += 1
        if self.dice.random() < 0.005:
            self.messenger.blocked ^= {self.dice.randrange(1, 4)}
            self.ever_blocked |= self.messenger.blocked
        self._take_provider_away()
        self._disturb_groups()

    def _take_provider_away(self) -> None:
        """The model is away for minutes, and between two such times it is there for as long as jobs need."""
        now, back_at = asyncio.get_running_loop().time(), self.chaos.provider_back_at
        was_there = not back_at or now > back_at + PROVIDER_THERE_SECONDS_MIN
        if was_there and self.dice.random() < self.chaos.odds.away:
            self.chaos.provider_back_at = now + self.dice.uniform(*self.chaos.odds.away_seconds)
            self.facts["provider away"] += 1

    def _disturb_groups(self) -> None:
        """A group forbids photos or allows them, closes or opens, and once becomes a supergroup."""
        if self.dice.random() < 0.05:  # often: between an edit without an answer and the next one are seconds
            self.messenger.photoless ^= {PHOTOLESS_ID}
        if self.dice.random() < 0.01:
            self.messenger.closed ^= {CLOSING_ID}
        if self.dice.random() < 0.003:
            self.messenger.migrated[MOVING_ID] = MOVED_ID

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self.sweep_seconds)
            try:
                await self._sweep(self.chaos.wrap(self.ports, Life()))
            except (KilledError, Exception) as error:  # noqa: BLE001 — the scheduler comes again
                self.facts[f"sweep {type(error).__name__}"] += 1

    async def _sweep(self, ports: Ports) -> None:
        """One call of `sweep`. The books are compared and checked where nights are short enough for a storm."""
        begun_at = ports.clock.now()
        await sweep_work(ports)
        if self.has_clients:
            await sweep_broadcasts(ports)
        if self.is_by_card:
            await sweep_card_orders(ports)
            await start_reconciliation(ports)
            await check_books(ports, begun_at)

    async def _settle_down(self) -> None:
        """Let the storm pass, then give repairs their time."""
        await asyncio.sleep(120)
        self.chaos.odds = replace(CALM)
        self.tasks_are_lost = False
        self.messenger.blocked.clear()
        for count in range(REPAIR_ROUNDS):
            await asyncio.sleep(30)
            await self._fetch_kept()
            if not self.pending and not self._is_open() and self._are_payments_booked(count):
                return
        await self._wait_for_late_videos()

    async def _wait_for_late_videos(self) -> None:
        """A day passes for videos whose credits were returned and that may still come; `sweep` comes more rarely."""
        self.sweep_seconds = LATE_ROUND_SECONDS / 4
        for _ in range(LATE_ROUNDS):
            videos = [job for job in self.jobs().values() if is_video(job)]
            if all(job.state in ENDS and not video_artefacts(job).is_awaited for job in videos):
                return
            await asyncio.sleep(LATE_ROUND_SECONDS)

    def _are_payments_booked(self, count: int) -> bool:
        """Whether every payment is in the books, and some more nights have looked at them by this round."""
        buyers = self.crowd.buyers
        if not isinstance(buyers, CardBuyers) or count >= ROUNDS_OF_NIGHTS_MAX:
            return True
        return count >= ROUNDS_OF_NIGHTS_MIN and buyers.are_booked()

    async def _fetch_kept(self) -> None:
        """People come for the pictures that wait for them under a button."""
        made = Query("jobs", (("state", "==", JobState.MADE.value),), limit=self.updates)
        for record in await self.store.find(made):
            job = read_job(record.fields)
            if chat_of(job).left is not None:
                self.facts["pictures fetched"] += 1
                await bring_here(self.ports, job.user_id, job.user_id, job.id)

    def _is_open(self) -> bool:
        """Orders by card do not count: they are asked for half a year."""
        documents = self.store._documents.items()
        readable = [each for key, each in documents if key.id not in UNREADABLE and key.collection != "card_orders"]
        tomorrow = self.ports.clock.now() + timedelta(hours=12)
        return any((record.fields.get("sweep_at") or tomorrow) < tomorrow for record in readable)

    # --- what is stored ---

    def jobs(self) -> dict[str, Job]:
        stored = self.store.collection("jobs").items()
        return {job_id: read_job(fields) for job_id, fields in stored if job_id not in UNREADABLE}


async def _handle_at_bot(ports: Ports, task: Task, failures: int) -> None:
    """What `bot` does with a task of its own queues."""
    if task.path == "/drafts":
        await take_draft(ports, json.loads(task.body)["draft"])
    elif task.path == DUES_PATH:
        due = json.loads(task.body)
        await route_due(ports, due["collection"], due["due"])
    elif task.path == CARD_ORDERS_PATH:
        said = json.loads(task.body)
        await take_card_order(ports, said["order"], find_told_invoice(said))
    elif task.path == BROADCASTS_PATH:
        said = json.loads(task.body)
        await carry_broadcast(ports, said["broadcast"], read_round(said))
    elif task.path == ACTS_PATH:
        await take_act(ports, task.body)
    elif task.path == RECONCILE_PATH:
        await reconcile_payments(ports)
    else:
        await take_update(ports, task.body, _delivery_of(task, failures))


def _delivery_of(task: Task, failures: int) -> Delivery:
    received_at = datetime.fromisoformat(task.headers[RECEIVED_HEADER])
    return Delivery(received_at, int(task.headers.get(DEFERRALS_HEADER, "0")), failures)
