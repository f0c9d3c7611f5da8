"""The composition root: it creates the adapters, once per process, in the event loop that uses them.

functions-framework loads a function before the server forks its workers, and no connection may exist by then. So
everything is created at the first call, and importing this module imports no library.
"""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from starlette.requests import Request

from shared.adapters.targets import Target, list_queues, queue_name
from shared.errors import UnusableUpdateError
from shared.http import Authenticate
from shared.logs import follow_events, report_errors_to, set_log_context, write_trace
from shared.settings import (
    AddressSettings,
    ApiSettings,
    BotSettings,
    CallerSettings,
    CardSettings,
    EncryptionSettings,
    FalSettings,
    ModelSettings,
    NoticeSettings,
    PaymentsSettings,
    QueueSettings,
    ReleasesSettings,
    RepairSettings,
    SpendSettings,
    SweepSettings,
    TelemetrySettings,
    VideoSettings,
    WorkSettings,
)
from shared.telemetry import record
from shared.telemetry.names import TRACE_HEADER

if TYPE_CHECKING:
    from shared.adapters.data_keys import KeyWrapper
    from shared.adapters.encrypted_store import EncryptedStore
    from shared.adapters.firestore import FirestoreStore
    from shared.adapters.gemini_access import Access
    from shared.adapters.github_app import GitHubWorkflows
    from shared.adapters.google_rest import Token
    from shared.adapters.notice_signatures import Signed
    from shared.adapters.sentry import SentryErrors
    from shared.adapters.tasks import CloudTasks
    from shared.credits.bounds import Caps
    from shared.ports import (
        AppPorts,
        CardPayments,
        Clock,
        Ids,
        Messenger,
        NoticePlace,
        PictureStudio,
        Ports,
        RepairPorts,
        Spending,
        Store,
        TalkStudio,
        VideoStudio,
    )
    from shared.release_bot.bot_ports import BotPorts
    from shared.releases.release_ports import FindChanges, ReleasePorts, Sender
    from shared.releases.workflow import TokenReader
    from shared.telemetry.scheduled_export import Export, ScheduledExport
    from shared.telemetry.tell_business import AnalyticsService

T = TypeVar("T")

BOT_DEADLINE_SECONDS = 60
IMAGE_DEADLINE_SECONDS = 360
CHAT_DEADLINE_SECONDS = 360
VIDEO_DEADLINE_SECONDS = 360
API_DEADLINE_SECONDS = 60
RELEASES_DEADLINE_SECONDS = 60
"""How long Cloud Tasks waits for an answer: longer than the service may run (shared/jobs/time_limits.py)."""

FILES_BYTES = 150_000_000
"""The memory for files and recordings sent to a model: one of 20 MB, and small ones beside it."""


class Once(Generic[T]):
    """A value that is created at its first use and then kept; its creation must not await anything."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._values: list[T] = []

    def get(self) -> T:
        if not self._values:
            with _without_collecting():
                self._values.append(self._make())
        return self._values[0]


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A context without garbage collection, for importing libraries: it would take a sixth of their time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def make_bot_queue(queue: QueueSettings, bot: AddressSettings) -> "CloudTasks":
    """The webhook's queue of one release of `bot`."""
    from shared.adapters.tasks import CloudTasks

    return CloudTasks({"bot": _make_target(queue, "bot", bot, BOT_DEADLINE_SECONDS)}, queue.emulator_host)


def make_notice_queue(settings: PaymentsSettings) -> "CloudTasks":
    """The queues of what `payments` hears: orders by card for `bot`, ended videos for `video`."""
    from shared.adapters.tasks import CloudTasks

    queue = settings.queue
    targets = {
        "bot": _make_target(queue, "bot", settings.bot, BOT_DEADLINE_SECONDS),
        "video": _make_target(queue, "video", settings.video, VIDEO_DEADLINE_SECONDS),
    }
    return CloudTasks(targets, queue.emulator_host)


def make_signed(settings: PaymentsSettings) -> "dict[str, Signed]":
    """How each provider of videos signs its notices."""
    from shared.adapters.notice_signatures import FalSigned, GeminiSigned

    return {"gemini": GeminiSigned(settings.gemini_jwks_url), "fal": FalSigned(settings.fal_jwks_url)}


def make_repair_ports(settings: RepairSettings) -> "RepairPorts":
    """The ports of `sweep`."""
    from shared.adapters.clock import SystemClock
    from shared.adapters.tasks import CloudTasks
    from shared.ports import RepairPorts

    queue = settings.queue
    targets = {
        "bot": _make_target(queue, "bot", settings.bot, BOT_DEADLINE_SECONDS),
        "image": _make_target(queue, "image", settings.image, IMAGE_DEADLINE_SECONDS),
        "chat": _make_target(queue, "chat", settings.chat, CHAT_DEADLINE_SECONDS),
        "video": _make_target(queue, "video", settings.video, VIDEO_DEADLINE_SECONDS),
        "api": _make_target(queue, "api", settings.api, API_DEADLINE_SECONDS),
    }
    store, clock = open_store(queue.project, settings.database, settings.encryption), SystemClock()
    _count_errors(store, clock)
    return RepairPorts(store, CloudTasks(targets, queue.emulator_host), clock)


def _count_errors(store: "Store", clock: "Clock") -> None:
    """Count this process's errors for the operators' pages, from now on."""
    from shared.adapters.ids import RandomIds
    from shared.jobs.count_errors import SECONDS_MIN, ErrorCounts
    from shared.telemetry.scheduled_export import ScheduledExport

    counts = ErrorCounts(store, clock, RandomIds())
    report_errors_to(counts.take)
    follow_events(counts.follow)
    record.export_also(ScheduledExport(counts.export, SECONDS_MIN).run_if_due)


def open_store(
    project: str,
    database: str,
    encryption: EncryptionSettings | None,
    token: "Token | None" = None,
    kms_token: "Token | None" = None,
) -> "FirestoreStore | EncryptedStore":
    """The documents; where there is a key, people's words in them are encrypted. Tokens: as `FirestoreStore`."""
    from shared.adapters.firestore import FirestoreStore

    store = FirestoreStore(project, database, token)
    if encryption is None:
        return store
    from shared.adapters.clock import SystemClock
    from shared.adapters.data_keys import DataKeys
    from shared.adapters.encrypted_store import EncryptedStore

    wrapper = open_wrapping_key(encryption.key, kms_token)
    return EncryptedStore(store, DataKeys(store, SystemClock(), wrapper), encrypts=encryption.encrypts)


def open_wrapping_key(key: str, token: "Token | None" = None) -> "KeyWrapper":
    """The key that wraps data keys: in a file of this machine, or in Cloud KMS."""
    if key.startswith("/"):
        from pathlib import Path

        from shared.adapters.key_file import KeyFile

        return KeyFile(Path(key))
    from shared.adapters.kms import CloudKms

    return CloudKms(key, token)


def open_operators_chat(settings: NoticeSettings | None) -> "tuple[Messenger, int]":
    """The operators' own bot, and the chat that it writes to. Raises UnusableUpdateError where there is none."""
    from shared.adapters.telegram import TelegramMessenger

    if settings is None:
        raise UnusableUpdateError("the operators have no chat")
    return TelegramMessenger(settings.telegram.token, settings.telegram.api_base_url), settings.chat_id


def open_notice_places(
    settings: SweepSettings, telemetry: TelemetrySettings, open_chat: "Callable[[], tuple[Messenger, int]]"
) -> "list[NoticePlace]":
    """Where the operators are told of alarms: by their own bot, in Slack, in Sentry. Raises UnusableUpdateError."""
    places: list[NoticePlace] = []
    if settings.notices is not None:
        from shared.telegram.chat_notices import ChatNotices

        places.append(ChatNotices(*open_chat()))
    if settings.slack_url:
        from shared.adapters.slack import SlackNotices

        places.append(SlackNotices(settings.slack_url))
    if telemetry.sentry_dsn:
        from shared.adapters.sentry_notices import SentryNotices

        places.append(SentryNotices(_make_sentry("sweep", telemetry)))
    if not places:
        raise UnusableUpdateError("an alarm, and no place to tell it in")
    return places


def make_app_ports(settings: ApiSettings) -> "AppPorts":
    """The ports of the Mini App. Its messenger refuses every call: this function does not hold the bot's token."""
    from shared.adapters.absent import AbsentMessenger
    from shared.adapters.ids import RandomIds
    from shared.adapters.late import LatePictures
    from shared.adapters.receivers import LoopbackReceivers, PublicReceivers
    from shared.adapters.storage_media import CloudMedia
    from shared.ports import AppPorts
    from shared.surfaces import SCREENS, SURFACES

    sign_in, caps = settings.sign_in, _read_caps(settings.spend)
    repair, ids, media = make_repair_ports(settings.repair), RandomIds(), CloudMedia(settings.media_bucket)
    return AppPorts(
        store=repair.store,
        tasks=repair.tasks,
        clock=repair.clock,
        messenger=cast("Messenger", AbsentMessenger(sign_in.bot_username if sign_in else "")),
        blobs=media,
        ids=ids,
        spending=_make_book(repair, ids, settings.spend),
        surfaces=SURFACES,
        screens=SCREENS,
        bot_id=sign_in.bot_id if sign_in else 0,
        sellers=_list_sellers(fal=settings.fal_offers, veo=settings.veo_offers),
        support_contact=settings.support_contact,
        erasure_keys=settings.erasure_keys,
        media=media,
        pictures=LatePictures(),
        receivers=LoopbackReceivers() if settings.tells_own_machine else PublicReceivers(),
        card_currencies=settings.card_currencies,
        admin_ids=settings.admin_ids,
        admin_url=settings.admin_url,
        admin_roles=settings.admin_roles,
        alone_credits_max=settings.alone_credits_max,
        spend_usd_micros_max=(caps.hour_usd_micros, caps.day_usd_micros),
    )


def make_ports(
    settings: WorkSettings,
    function: str,
    order_keys: tuple[bytes, ...] = (),
    cards: "Mapping[str, CardPayments]" = MappingProxyType({}),
    mini_app_url: str = "",
    support_chat_id: int = 0,
) -> "Ports":
    """The ports of the function with this name, which works for people.

    `order_keys` and `cards` only where credits are sold, `mini_app_url` only where there is a Mini App,
    `support_chat_id` only where operators answer people.
    """
    from shared.adapters.ids import RandomIds
    from shared.adapters.storage_media import CloudMedia
    from shared.adapters.telegram import TelegramMessenger
    from shared.adapters.telegram_pace import limits_of
    from shared.ports import Ports
    from shared.surfaces import SCREENS, SURFACES

    repair, telegram, ids = make_repair_ports(settings.repair), settings.telegram, RandomIds()
    blobs = CloudMedia(settings.media_bucket)

    return Ports(
        store=repair.store,
        tasks=repair.tasks,
        clock=repair.clock,
        messenger=TelegramMessenger(
            telegram.token, telegram.api_base_url, limits=limits_of(function, support_chat_id), stream=blobs.stream
        ),
        blobs=blobs,
        ids=ids,
        spending=_make_book(repair, ids, settings.spend, books_ahead=function == "image"),
        surfaces=SURFACES,
        screens=SCREENS,
        bot_id=telegram.bot_id,
        drafts=settings.drafts,
        order_keys=order_keys,
        mini_app_url=mini_app_url,
        support_chat_id=support_chat_id,
        cards=cards,
        sellers=_list_sellers(fal=settings.fal_offers, veo=settings.veo_offers),
        support_contact=settings.support_contact,
        erasure_keys=settings.erasure_keys,
    )


def make_bot_ports(settings: BotSettings) -> "Ports":
    """The ports of `bot`, which alone sells credits."""
    cards = make_cards(settings.cards)
    places = settings.mini_app_url, settings.support_chat_id
    ports = make_ports(settings.work, "bot", settings.order_keys, cards, *places)
    return replace(ports, admin_ids=settings.admin_ids, admin_roles=settings.admin_roles)


def make_cards(settings: CardSettings) -> "dict[str, CardPayments]":
    """The providers of card payments by name, the preferred one first: in rubles YooKassa, where both are set."""
    cards: dict[str, CardPayments] = {}
    if (lava := settings.lava) is not None:
        from shared.adapters.lava import BASE_URL, LavaCards

        cards["lava"] = LavaCards(lava.api_key, lava.offers, lava.base_url or BASE_URL)
    if (kassa := settings.yookassa) is not None:
        from shared.adapters.yookassa import BASE_URL as KASSA_URL
        from shared.adapters.yookassa import YooKassaCards

        url = kassa.base_url or KASSA_URL
        cards = {"yookassa": YooKassaCards(kassa.shop_id, kassa.secret_key, url, kassa.vat_code), **cards}
    return cards


def make_picture_studio(settings: ModelSettings, fal: FalSettings | None, *, dearer_too: bool) -> "PictureStudio":
    """The picture models and tools."""
    from shared.adapters.absent import AbsentProvider
    from shared.adapters.gemini_pictures import GeminiModel
    from shared.adapters.late import LatePictures, LateProvider
    from shared.pictures.byte_budget import ByteBudget
    from shared.ports import PictureStudio, Provider

    second: Provider = AbsentProvider()
    if fal is not None:
        key, url = fal.key, fal.base_url
        second = LateProvider("shared.adapters.fal", lambda module: module.open_pictures(key, url))
    providers: dict[str, Provider] = {"gemini": GeminiModel(_make_access(settings)), "fal": second}
    return PictureStudio(providers, LatePictures(), ByteBudget(), dearer_too=dearer_too)


def make_talk_studio(settings: ModelSettings) -> "TalkStudio":
    """The text and speech models."""
    from shared.adapters.file_reader import FileReaders
    from shared.adapters.genai_text import GeminiText
    from shared.adapters.late import LateSpeech
    from shared.adapters.public_web import PublicWeb
    from shared.pictures.byte_budget import ByteBudget
    from shared.ports import TalkStudio
    from shared.voices.speak_along import speak_along

    access, room = _make_access(settings), ByteBudget(FILES_BYTES)
    providers, speakers = {"gemini": GeminiText(access)}, {"gemini": LateSpeech(access)}
    return TalkStudio(providers, FileReaders(), room, speakers=speakers, speak_along=speak_along, links=PublicWeb())


def make_video_studio(settings: VideoSettings) -> "VideoStudio":
    """What makes videos; by fal where there is its key, by Veo where it is on offer."""
    from shared.adapters.absent import AbsentProvider
    from shared.adapters.late import LatePictures, LateVideos
    from shared.adapters.storage_media import CloudMedia
    from shared.adapters.transcoder import CloudTranscoder
    from shared.adapters.video_files import BucketVideos
    from shared.pictures.byte_budget import ByteBudget
    from shared.ports import VideoProvider, VideoStudio

    work, queue = settings.work, settings.work.repair.queue
    bucket, fal, veo = work.media_bucket, settings.fal, work.veo_offers
    media = CloudMedia(bucket)
    place = (_make_access(settings.model), media, bucket)
    providers: dict[str, VideoProvider] = {
        "gemini": LateVideos("shared.adapters.genai_videos", lambda module: module.GeminiVideos(*place)),
        "fal": AbsentProvider(),
        "veo": AbsentProvider(),
    }
    if fal is not None:
        key, url = fal.key, fal.base_url
        providers["fal"] = LateVideos("shared.adapters.fal_videos", lambda module: module.open_videos(key, url))
    if veo:
        providers["veo"] = LateVideos("shared.adapters.genai_veo", lambda module: module.open_veo(*place))
    transcoder = CloudTranscoder(queue.project, queue.location, bucket, settings.transcoder_url)
    tools = BucketVideos(media), LatePictures(), ByteBudget(FILES_BYTES), transcoder
    return VideoStudio(providers, media, *tools, notices_url=settings.notices_url)


def make_release_ports(settings: ReleasesSettings) -> "ReleasePorts":
    """The ports of `releases`: a database of its own, and tasks that call this function itself."""
    from shared.adapters.clock import SystemClock
    from shared.adapters.firestore import FirestoreStore
    from shared.adapters.ids import RandomIds
    from shared.adapters.tasks import CloudTasks
    from shared.releases.publish_release import publish_release
    from shared.releases.release_ports import ReleasePorts

    queue = settings.queue
    target = _make_target(queue, "releases", settings.address, RELEASES_DEADLINE_SECONDS)
    tasks = CloudTasks({"releases": target}, queue.emulator_host)
    store = FirestoreStore(settings.project, settings.database)
    find_changes = make_find_changes(settings)
    return ReleasePorts(store, SystemClock(), RandomIds(), lambda id_: publish_release(tasks, id_), find_changes)


def make_find_changes(settings: ReleasesSettings) -> "FindChanges":
    """What a commit brings, and whose it is; without an App nobody can say, and no release begins."""
    from shared.adapters.absent import ask_nobody
    from shared.adapters.github_history import GitHubHistory

    app = make_github_app(settings)
    return ask_nobody if app is None else GitHubHistory(app.get).find_changes


def make_github_app(settings: ReleasesSettings) -> "GitHubWorkflows | None":
    """GitHub, asked as our App; None without one."""
    from shared.adapters.github_app import GitHubWorkflows

    if (app := settings.app) is None:
        return None
    place = (app.repository, settings.repository_id)
    return GitHubWorkflows(app.client_id, app.installation_id, *place, app.key, app.base_url)


def make_release_bot(settings: ReleasesSettings, ports: "ReleasePorts") -> "BotPorts | None":
    """What the release bot needs; None: there is no such bot here."""
    from shared.adapters.telegram import TelegramMessenger
    from shared.release_bot.bot_ports import BotPorts

    bot = settings.bot
    return (
        None
        if bot is None
        else BotPorts(ports, TelegramMessenger(bot.token, bot.api_base_url), settings.staging_bot_url)
    )


def make_release_sender(settings: ReleasesSettings, bot: "BotPorts | None") -> "Sender":
    """What sends for releases: without an App no workflow is started, and without a bot nobody is told."""
    from shared.adapters.absent import AbsentWorkflows
    from shared.release_bot.send_messages import MessageSender
    from shared.releases.outgoing_sender import OutgoingSender, tell_nobody

    tell = tell_nobody if bot is None else MessageSender(bot).send
    return OutgoingSender(make_github_app(settings) or AbsentWorkflows(), tell)


def make_workflow_tokens(settings: ReleasesSettings) -> "TokenReader":
    """Who of GitHub's workflows is ours."""
    from shared.adapters.github_oidc import GitHubTokens

    return GitHubTokens(settings.issuer, settings.jwks_url, settings.url, settings.repository_id)


def start_telemetry(function: str, settings: TelemetrySettings) -> None:
    """Record traces, metrics, errors and the business's events from now on, where they are exported to.

    Otherwise nothing is loaded.
    """
    if settings.counts_business and not settings.analytics_dsn:
        _tell_business(None)
    if not (settings.otlp_url or settings.sentry_dsn or settings.analytics_dsn):
        return
    from shared.telemetry.collector import Collector
    from shared.telemetry.scheduled_export import (
        ERRORS_SECONDS_MIN,
        METRICS_SECONDS_MIN,
        SPANS_SECONDS_MIN,
        ScheduledExport,
    )

    collector = Collector(settings.share if settings.otlp_url else 0.0)
    if settings.otlp_url:
        from shared.adapters.otlp import OtlpExporter
        from shared.telemetry.resource import describe_process

        exporter = OtlpExporter(settings.otlp_url, describe_process(function, settings), collector)
        collector.exports += [
            ScheduledExport(exporter.export_spans, SPANS_SECONDS_MIN),
            ScheduledExport(exporter.export_metrics, METRICS_SECONDS_MIN),
        ]
    if settings.sentry_dsn:
        collector.exports.append(ScheduledExport(_report_to_sentry(function, settings), ERRORS_SECONDS_MIN))
    if settings.analytics_dsn:
        collector.exports.append(_tell_business(_open_analytics(settings.analytics_dsn)))
    report_errors_to(collector.count_error)
    record.record_with(collector)


def _tell_business(service: "AnalyticsService | None") -> "ScheduledExport":
    from shared.telemetry.scheduled_export import ScheduledExport
    from shared.telemetry.tell_business import SECONDS_MIN, BusinessTeller

    teller = BusinessTeller(service)
    follow_events(teller.take)
    return ScheduledExport(teller.export, SECONDS_MIN)


def _open_analytics(dsn: str) -> "AnalyticsService":
    """The service that the address's path tells."""
    from shared.adapters.analytics_address import read_address
    from shared.adapters.google_analytics import PATH, GoogleAnalytics
    from shared.adapters.mixpanel import Mixpanel

    address = read_address(dsn)
    return GoogleAnalytics(address) if PATH in address.url else Mixpanel(address)


def _report_to_sentry(function: str, settings: TelemetrySettings) -> "Export":
    errors = _make_sentry(function, settings)
    report_errors_to(errors.take)
    return errors.export


def _make_sentry(function: str, settings: TelemetrySettings) -> "SentryErrors":
    from shared.adapters.sentry import SentryErrors, read_dsn
    from shared.telemetry.error_report import Origin

    origin = Origin(function, settings.release.digest or settings.release.version, settings.environment)
    return SentryErrors(read_dsn(settings.sentry_dsn), origin)


def task_token(settings: CallerSettings) -> Authenticate:
    """The check that a call carries a token of Cloud Tasks or the scheduler for us."""
    from shared.adapters.oidc import TokenVerifier

    verifier = TokenVerifier(settings.issuer, settings.jwks_url, settings.audience, settings.service_account)

    async def authenticate(request: Request) -> None:
        await verifier.verify(request.headers.get("Authorization"))
        record.continue_trace(request.headers.get(TRACE_HEADER))  # only a caller of ours may choose the trace
        set_log_context(**write_trace(record.find_trace_id(), settings.project))

    return authenticate


def _make_book(ports: "RepairPorts", ids: "Ids", settings: SpendSettings, *, books_ahead: bool = False) -> "Spending":
    from shared.credits.spending import SpendingBook

    return SpendingBook(ports.store, ports.clock, ids, _read_caps(settings), books_ahead=books_ahead)


def _read_caps(settings: SpendSettings) -> "Caps":
    from shared.credits.bounds import Caps

    return Caps(round(settings.hour_usd_max * 1_000_000), round(settings.day_usd_max * 1_000_000))


def _list_sellers(**further: bool) -> frozenset[str]:
    from shared.ports.sets import DEFAULT_SELLERS

    return DEFAULT_SELLERS | {name for name, is_on in further.items() if is_on}


def _make_access(settings: ModelSettings) -> "Access":
    from shared.adapters.gemini_access import Access

    return Access(settings.api_key, settings.project, settings.location, settings.base_url)


def _make_target(queue: QueueSettings, name: str, address: AddressSettings, deadline_seconds: int) -> Target:
    queues = list_queues(name, address.queues, queue.generation)
    return Target(
        queues=tuple(queue_name(queue.project, queue.location, each) for each in queues),
        url=address.task_url,
        audience=address.url,
        service_account=queue.service_account,
        deadline_seconds=deadline_seconds,
    )
