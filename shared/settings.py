"""All settings from the environment: small groups, and one class per function that lists the groups it needs.

A missing or malformed variable stops the process with one line that names it. Terraform sets the variables in the
cloud, `make run` sets them locally; docs/architecture.md describes them.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

from shared.errors import SettingsError

GOOGLE_ISSUER = "https://accounts.google.com"
GOOGLE_JWKS_URL = "https://www.googleapis.com/oauth2/v3/certs"
GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
GITHUB_JWKS_URL = f"{GITHUB_ISSUER}/.well-known/jwks"
TELEGRAM_URL = "https://api.telegram.org"
TELEGRAM_PUBLIC_KEY = "e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d"
"""The Ed25519 key with which Telegram signs what a Mini App is opened with, on its production servers.

https://core.telegram.org/bots/webapps#validating-data-for-third-party-use
"""
TELEGRAM_WEB_URLS = ("https://web.telegram.org", "https://webk.telegram.org", "https://weba.telegram.org")
STORAGE_URL = "https://storage.googleapis.com"
GITHUB_API_URL = "https://api.github.com"
RELEASE_ACCOUNT = "RELEASE_TASKS_ACCOUNT"
"""Names the account of `releases`' own tasks: the product's functions do not accept it, nor `releases` theirs."""
FIRESTORE_DATABASE, RELEASE_DATABASE = "(default)", "releases"
LAVA_KEY_CHARACTERS_MIN, LAVA_KEY_CHARACTERS_MAX = 16, 80
"""lava.top's limit for the key that it sends with its notices, and ours against guessing."""
YOOKASSA_NETWORKS = (
    *("185.71.76.0/27", "185.71.77.0/27", "77.75.153.0/25", "77.75.156.11/32", "77.75.156.35/32", "77.75.154.128/25"),
    "2a02:5180::/32",
)
"""From where YooKassa calls: https://yookassa.ru/developers/using-api/webhooks. It signs nothing."""
LAVA_CURRENCIES, YOOKASSA_CURRENCIES = frozenset({"RUB", "USD", "EUR"}), frozenset({"RUB"})
"""What each provider of cards takes, for `api`, which loads no provider."""
SPEND_USD_PER_HOUR_MAX = 10.0
SPEND_USD_PER_DAY_MAX = 50.0
ADMIN_ROLES = ("viewer", "support", "finance", "admin")
ADMIN_ALONE_CREDITS_MAX = 100
"""About $1 of pictures by default: beyond it a second operator agrees."""

SCHEMA = 3
"""The generation of documents and task bodies; neighbouring releases can read each other's."""

Environment = Mapping[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReleaseSettings:
    """The release that runs; shown by /version."""

    version: str
    digest: str
    revision: str

    @classmethod
    def read(cls, env: Environment) -> Self:
        return cls(env.get("APP_VERSION", "dev"), env.get("IMAGE_DIGEST", ""), env.get("K_REVISION", "local"))


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """Where traces, metrics, errors and events of the business are sent. Every function reads it beside its own."""

    otlp_url: str
    """OpenTelemetry's address without `/v1/…`; empty: nothing is recorded."""
    share: float
    """The share of traces that are exported, 0 to 1."""
    sentry_dsn: str = field(repr=False)
    """Empty: errors are only in the log."""
    counts_business: bool
    """Whether events of the business are written as lines of their own, for the log's sink."""
    analytics_dsn: str = field(repr=False)
    """Where such events are sent beside; empty: nowhere."""
    environment: str
    release: ReleaseSettings
    project: str
    location: str

    @classmethod
    def read(cls, env: Environment) -> Self:
        return cls(
            _read_url(env, "OTEL_EXPORTER_OTLP_ENDPOINT"),
            _read_share(env, "OTEL_TRACES_SAMPLER_ARG"),
            read_sentry_dsn(env),
            _read_switch(env, "ANALYTICS"),
            read_analytics_dsn(env),
            env.get("DEPLOYMENT_ENVIRONMENT", "").strip() or "local",
            ReleaseSettings.read(env),
            _require(env, "GOOGLE_CLOUD_PROJECT"),
            env.get("GOOGLE_CLOUD_LOCATION", ""),
        )


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """Where tasks are stored, and the account with which Cloud Tasks calls us."""

    project: str
    location: str
    service_account: str
    emulator_host: str
    generation: int
    """How often the environment was made: the queues' names end in it, from the second time on."""

    @classmethod
    def read(cls, env: Environment, account: str = "TASKS_SERVICE_ACCOUNT") -> Self:
        return cls(
            project=_require(env, "GOOGLE_CLOUD_PROJECT"),
            location=_require(env, "GOOGLE_CLOUD_LOCATION"),
            service_account=_require(env, account),
            emulator_host=env.get("CLOUD_TASKS_EMULATOR_HOST", ""),
            generation=_read_count(env, "QUEUES_GENERATION"),
        )


@dataclass(frozen=True, slots=True)
class CallerSettings:
    """The token that a call of a task endpoint needs: audience, issuer, account."""

    project: str
    audience: str
    issuer: str
    jwks_url: str
    service_account: str

    @classmethod
    def read(cls, env: Environment, own_url: str, account: str = "TASKS_SERVICE_ACCOUNT") -> Self:
        return cls(
            project=_require(env, "GOOGLE_CLOUD_PROJECT"),
            audience=_require_url(env, own_url),
            issuer=env.get("TASKS_OIDC_ISSUER", GOOGLE_ISSUER),
            jwks_url=env.get("TASKS_OIDC_JWKS_URL", GOOGLE_JWKS_URL),
            service_account=_require(env, account),
        )


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """The bot."""

    token: str = field(repr=False)
    api_base_url: str

    @property
    def bot_id(self) -> int:
        """The number at the start of the token."""
        return int(self.token.partition(":")[0])

    @classmethod
    def read(cls, env: Environment) -> Self:
        token = _require(env, "TELEGRAM_BOT_TOKEN")
        if not re.fullmatch(r"[0-9]{1,18}:[A-Za-z0-9_-]+", token):
            raise SettingsError("TELEGRAM_BOT_TOKEN: not of the form 1234567:letters")
        return cls(token, env.get("TELEGRAM_API_BASE_URL", TELEGRAM_URL).rstrip("/"))


@dataclass(frozen=True, slots=True)
class AddressSettings:
    """A function with tasks: its own URL, which is the tokens' audience, the URL to call, and the number of queues.

    The two URLs differ during a rollout, when the work of each release stays on its own revisions.
    """

    url: str
    task_url: str
    queues: int

    @classmethod
    def read(cls, env: Environment, function: str) -> Self:
        url = _require_url(env, f"{function}_URL")
        task_url = _read_url(env, f"{function}_TASK_URL") or url
        return cls(url, task_url, _read_count(env, f"{function}_QUEUES"))


@dataclass(frozen=True, slots=True)
class EncryptionSettings:
    """The key that wraps the keys of people's words, and whether words are encrypted from now on."""

    key: str
    """The name of a key of Cloud KMS, or the path of a file with one."""
    encrypts: bool

    @classmethod
    def read(cls, env: Environment) -> Self | None:
        """None without a key: then nothing is encrypted, and nothing that is can be read. Raises SettingsError."""
        key, encrypts = env.get("ENCRYPTION_KEY", "").strip(), _read_switch(env, "ENCRYPT_FIELDS")
        if key and not re.fullmatch(r"/.+|projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+", key):
            raise SettingsError("ENCRYPTION_KEY: neither the name of a key of Cloud KMS nor the path of a file")
        if encrypts and not key:
            raise SettingsError("ENCRYPT_FIELDS: on needs ENCRYPTION_KEY")
        return cls(key, encrypts) if key else None


@dataclass(frozen=True, slots=True)
class RepairSettings:
    """The settings for documents, queues and the functions behind them: all that `sweep` needs."""

    queue: QueueSettings
    bot: AddressSettings
    image: AddressSettings
    chat: AddressSettings
    video: AddressSettings
    api: AddressSettings
    database: str
    """Firestore's default database, or a restored one."""
    encryption: EncryptionSettings | None = None

    @classmethod
    def read(cls, env: Environment) -> Self:
        names = ("BOT", "IMAGE", "CHAT", "VIDEO", "API")
        bot, image, chat, video, api = (AddressSettings.read(env, name) for name in names)
        database, encryption = read_database(env), EncryptionSettings.read(env)
        return cls(QueueSettings.read(env), bot, image, chat, video, api, database, encryption)


@dataclass(frozen=True, slots=True)
class SpendSettings:
    """The caps on spending for models, by our own estimate."""

    hour_usd_max: float
    day_usd_max: float

    @classmethod
    def read(cls, env: Environment) -> Self:
        return cls(
            _read_usd(env, "SPEND_USD_PER_HOUR_MAX", SPEND_USD_PER_HOUR_MAX),
            _read_usd(env, "SPEND_USD_PER_DAY_MAX", SPEND_USD_PER_DAY_MAX),
        )


@dataclass(frozen=True, slots=True)
class WorkSettings:
    """The additional settings of the other functions: Telegram and the bucket."""

    repair: RepairSettings
    telegram: TelegramSettings
    media_bucket: str
    spend: SpendSettings
    drafts: bool
    """Private chats show answers as drafts while they are written."""
    fal_offers: bool
    """Models of fal are on offer: `image` and `video` have its key."""
    veo_offers: bool
    """Veo is on offer: `video` reaches the enterprise API."""
    support_contact: str
    """Whom people write to about payments; empty where nothing is sold."""
    erasure_keys: tuple[bytes, ...] = field(default=(), repr=False)
    """By which erased people are remembered; empty where nobody is erased."""

    @classmethod
    def read(cls, env: Environment) -> Self:
        bucket = _require(env, "MEDIA_BUCKET")
        drafts, fal_offers = _read_switch(env, "STREAM_BY_DRAFTS", "on"), _read_switch(env, "FAL_OFFERS")
        spend, veo_offers = SpendSettings.read(env), _read_switch(env, "VEO_OFFERS")
        repair, telegram, contact = RepairSettings.read(env), TelegramSettings.read(env), _read_contact(env)
        keys = read_erasure_keys(env)
        return cls(repair, telegram, bucket, spend, drafts, fal_offers, veo_offers, contact, keys)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Access to Gemini: the developer API with a key, or the enterprise API as the service account without one."""

    api_key: str = field(repr=False)
    project: str
    location: str
    base_url: str

    @classmethod
    def read(cls, env: Environment) -> Self:
        api_key = env.get("GEMINI_API_KEY", "")
        base_url = env.get("GOOGLE_GEMINI_BASE_URL" if api_key else "GOOGLE_VERTEX_BASE_URL", "")
        location = env.get("GEMINI_LOCATION", "global")
        return cls(api_key, _require(env, "GOOGLE_CLOUD_PROJECT"), location, base_url)


@dataclass(frozen=True, slots=True)
class FalSettings:
    """Access to fal, the second provider of pictures and videos."""

    key: str = field(repr=False)
    base_url: str

    @classmethod
    def read(cls, env: Environment) -> Self | None:
        """None without a key: then nothing of fal is on offer, or loaded."""
        key, base_url = env.get("FAL_KEY", "").strip(), _read_url(env, "FAL_BASE_URL")
        return cls(key, base_url) if key else None


@dataclass(frozen=True, slots=True)
class LavaSettings:
    """Access to lava.top, which takes cards."""

    api_key: str = field(repr=False)
    base_url: str
    """Empty: lava.top's own."""
    offers: dict[str, str]
    """The id of lava.top's offer for each package and subscription of the catalogue that it sells."""

    @classmethod
    def read(cls, env: Environment) -> Self | None:
        """None without a key: then lava.top sells nothing."""
        key, base_url, offers = _read_header(env, "LAVA_API_KEY"), _read_url(env, "LAVA_BASE_URL"), _read_offers(env)
        if bool(key) != bool(offers):
            raise SettingsError("LAVA_OFFERS: set together with LAVA_API_KEY or not at all")
        return cls(key, base_url, offers) if key else None


@dataclass(frozen=True, slots=True)
class YooKassaSettings:
    """Access to YooKassa, which takes cards in rubles."""

    shop_id: str
    secret_key: str = field(repr=False)
    base_url: str
    """Empty: YooKassa's own."""
    vat_code: int
    """The rate of VAT in receipts, by YooKassa's table; 1: none."""

    @classmethod
    def read(cls, env: Environment) -> Self | None:
        """None without a key: then YooKassa sells nothing."""
        shop_id, key = _read_shop_id(env), _read_header(env, "YOOKASSA_SECRET_KEY")
        base_url, vat_code = _read_url(env, "YOOKASSA_BASE_URL"), _read_count(env, "YOOKASSA_VAT_CODE")
        if bool(shop_id) != bool(key):
            raise SettingsError("YOOKASSA_SHOP_ID: set together with YOOKASSA_SECRET_KEY or not at all")
        return cls(shop_id, key, base_url, vat_code) if key else None


@dataclass(frozen=True, slots=True)
class CardSettings:
    """The providers of card payments that are configured."""

    lava: LavaSettings | None = None
    yookassa: YooKassaSettings | None = None

    @classmethod
    def read(cls, env: Environment) -> Self:
        return cls(LavaSettings.read(env), YooKassaSettings.read(env))


@dataclass(frozen=True, slots=True)
class CandidateSettings:
    """The candidate release, and the chats that it serves."""

    bot: AddressSettings
    percent: int
    staff_chat_ids: frozenset[int]

    @classmethod
    def read(cls, env: Environment) -> Self | None:
        """None without a candidate; the other variables are validated anyway."""
        stable, task_url = AddressSettings.read(env, "BOT"), _read_url(env, "CANDIDATE_BOT_URL")
        percent, staff_chat_ids = _read_percent(env, "CANDIDATE_PERCENT"), _read_chat_ids(env, "STAFF_CHAT_IDS")
        return cls(replace(stable, task_url=task_url), percent, staff_chat_ids) if task_url else None


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """`webhook`: no bot token, no database."""

    release: ReleaseSettings
    queue: QueueSettings
    bot: AddressSettings
    candidate: CandidateSettings | None
    secret: bytes = field(repr=False)
    order_keys: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def read(cls, env: Environment) -> Self:
        secret = _check_webhook_secret("TELEGRAM_WEBHOOK_SECRET", _require(env, "TELEGRAM_WEBHOOK_SECRET"))
        return cls(
            ReleaseSettings.read(env),
            QueueSettings.read(env),
            AddressSettings.read(env, "BOT"),
            CandidateSettings.read(env),
            secret,
            read_order_keys(env),
        )


@dataclass(frozen=True, slots=True)
class BotSettings:
    """`bot`."""

    release: ReleaseSettings
    caller: CallerSettings
    work: WorkSettings
    order_keys: tuple[bytes, ...] = field(default=(), repr=False)
    cards: CardSettings = CardSettings()
    mini_app_url: str = ""
    """Where the Mini App is; empty where there is none."""
    webhook_url: str = ""
    """Where Telegram sends updates to; empty where they are fetched."""
    support_chat_id: int = 0
    """The operators' group with topics, in which they answer people; 0 where there is none."""
    admin_ids: frozenset[int] = frozenset()
    """Telegram's ids of the operators, who may write to everybody."""
    admin_roles: dict[int, str] = field(default_factory=dict)
    """Telegram's ids of further people who may use the operators' pages, each with a role."""

    @classmethod
    def read(cls, env: Environment) -> Self:
        caller, work, keys = CallerSettings.read(env, "BOT_URL"), WorkSettings.read(env), read_order_keys(env)
        if not (keys and work.support_contact):  # nothing is sold without both
            work, keys = replace(work, support_contact=""), ()
        cards = CardSettings.read(env) if keys else CardSettings()
        webhook_url, group = _read_url(env, "WEBHOOK_URL"), _read_group(env, "SUPPORT_CHAT_ID")
        release, app_url, admin_ids = ReleaseSettings.read(env), read_app_url(env), _read_ids(env, "ADMIN_IDS")
        roles = _read_roles(env)
        return cls(release, caller, work, keys, cards, app_url, webhook_url, group, admin_ids, roles)


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """The operators' chat, and their own bot, which is not the product's."""

    telegram: TelegramSettings
    chat_id: int

    @classmethod
    def read(cls, env: Environment) -> Self | None:
        """None where the chat or the token is not set: alarms are only mailed, as the weekly test alarm shows."""
        token, chat_ids = env.get("NOTICE_BOT_TOKEN", "").strip(), _read_chat_ids(env, "NOTICE_CHAT_ID")
        if len(chat_ids) > 1:
            raise SettingsError("NOTICE_CHAT_ID: more than one chat")
        if not (token and chat_ids):
            return None
        telegram = TelegramSettings.read({**env, "TELEGRAM_BOT_TOKEN": token})
        return cls(telegram, *chat_ids)


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """`sweep`: not the product's bot token, no bucket."""

    release: ReleaseSettings
    caller: CallerSettings
    repair: RepairSettings
    notices: NoticeSettings | None = None
    slack_url: str = field(default="", repr=False)
    """Slack's incoming webhook, a secret; empty: alarms are not told there."""

    @classmethod
    def read(cls, env: Environment) -> Self:
        caller, repair = CallerSettings.read(env, "SWEEP_URL"), RepairSettings.read(env)
        slack_url = _read_url(env, "SLACK_WEBHOOK_URL")
        return cls(ReleaseSettings.read(env), caller, repair, NoticeSettings.read(env), slack_url)


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """`image`."""

    release: ReleaseSettings
    caller: CallerSettings
    work: WorkSettings
    model: ModelSettings
    fal: FalSettings | None
    dearer_too: bool
    """A picture may be made at a loss while the wanted model is gone."""

    @classmethod
    def read(cls, env: Environment) -> Self:
        return cls(
            ReleaseSettings.read(env),
            CallerSettings.read(env, "IMAGE_URL"),
            WorkSettings.read(env),
            ModelSettings.read(env),
            FalSettings.read(env),
            _read_switch(env, "SELL_DEARER_MODELS"),
        )


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """`chat`."""

    release: ReleaseSettings
    caller: CallerSettings
    work: WorkSettings
    model: ModelSettings

    @classmethod
    def read(cls, env: Environment) -> Self:
        caller = CallerSettings.read(env, "CHAT_URL")
        return cls(ReleaseSettings.read(env), caller, WorkSettings.read(env), ModelSettings.read(env))


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """`video`."""

    release: ReleaseSettings
    caller: CallerSettings
    work: WorkSettings
    model: ModelSettings
    fal: FalSettings | None
    transcoder_url: str
    """Another server in place of Google's Transcoder; empty: Google's own."""
    notices_url: str
    """Where providers tell that a video has ended: the address of `payments`. Empty: they are not asked to."""

    @classmethod
    def read(cls, env: Environment) -> Self:
        work, model = WorkSettings.read(env), ModelSettings.read(env)
        if work.veo_offers and model.api_key:
            raise SettingsError("VEO_OFFERS: only the enterprise API has Veo, so either it or GEMINI_API_KEY")
        return cls(
            ReleaseSettings.read(env),
            CallerSettings.read(env, "VIDEO_URL"),
            work,
            model,
            FalSettings.read(env),
            _read_url(env, "TRANSCODER_BASE_URL"),
            _read_url(env, "NOTICES_URL"),
        )


@dataclass(frozen=True, slots=True)
class PaymentsSettings:
    """`payments`: no bot token, no database, no key of a provider; `bot` and `video` ask the provider."""

    release: ReleaseSettings
    queue: QueueSettings
    bot: AddressSettings
    video: AddressSettings
    lava_key: bytes = field(repr=False)
    """The key that lava.top sends. Empty: nobody is lava.top."""
    yookassa_networks: tuple[str, ...]
    """From where YooKassa calls. Empty: nobody is YooKassa."""
    gemini_jwks_url: str
    fal_jwks_url: str
    """Where the keys of notices about videos are; empty: the provider's own address."""

    @classmethod
    def read(cls, env: Environment) -> Self:
        key, networks = _read_header(env, "LAVA_WEBHOOK_KEY"), _read_networks(env)
        if key and not LAVA_KEY_CHARACTERS_MIN <= len(key) <= LAVA_KEY_CHARACTERS_MAX:
            raise SettingsError("LAVA_WEBHOOK_KEY: not 16 to 80 characters")
        return cls(
            ReleaseSettings.read(env),
            QueueSettings.read(env),
            AddressSettings.read(env, "BOT"),
            AddressSettings.read(env, "VIDEO"),
            key.encode(),
            networks if _read_shop_id(env) else (),
            _read_url(env, "GEMINI_JWKS_URL"),
            _read_url(env, "FAL_JWKS_URL"),
        )


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """How people sign in to the Mini App."""

    bot_id: int
    bot_username: str
    """Without its @."""
    telegram_key: bytes
    """Telegram's public key, 32 bytes."""
    session_keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def read(cls, env: Environment) -> Self | None:
        """None where the bot, its name or the key of sessions is not set: there is no Mini App then."""
        bot_id = env.get("TELEGRAM_BOT_ID", "").strip()
        key = env.get("TELEGRAM_PUBLIC_KEY", "").strip() or TELEGRAM_PUBLIC_KEY
        keys = _read_keys(env, "SESSION_SIGNING_KEY")
        username = env.get("TELEGRAM_BOT_USERNAME", "").strip()
        if username and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{3,31}", username):
            raise SettingsError("TELEGRAM_BOT_USERNAME: not a bot's username without its @")
        if bot_id and not re.fullmatch(r"[0-9]{1,18}", bot_id):
            raise SettingsError("TELEGRAM_BOT_ID: not the number before the colon of a bot's token")
        if not re.fullmatch(r"[0-9a-f]{64}", key):
            raise SettingsError("TELEGRAM_PUBLIC_KEY: not 32 bytes in hexadecimal")
        return cls(int(bot_id), username, bytes.fromhex(key), keys) if bot_id and username and keys else None


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """`api`: documents, files and all queues; no bot token, no model."""

    release: ReleaseSettings
    caller: CallerSettings
    """Of its tasks; everybody else needs no such token."""
    repair: RepairSettings
    url: str
    """Its own origin, without a slash at the end."""
    sign_in: SignInSettings | None
    frame_origins: tuple[str, ...]
    """The sites that may show the app in a frame: Telegram's web apps."""
    files_origin: str
    """Where links to files lead."""
    media_bucket: str
    spend: SpendSettings
    fal_offers: bool
    veo_offers: bool
    support_contact: str
    card_currencies: frozenset[str]
    """In which cards are taken; `bot` has the keys."""
    admin_ids: frozenset[int]
    """Telegram's ids of the people who may do everything on the operators' pages."""
    admin_url: str
    """Google's dashboard, to which they are shown the way; empty: there is none."""
    erasure_keys: tuple[bytes, ...] = field(default=(), repr=False)
    """By which erased people are remembered; empty where nobody is erased."""
    webhook_url: str = ""
    """Where Telegram's updates go; empty: nobody who knocks here is shown the way."""
    admin_roles: dict[int, str] = field(default_factory=dict)
    """Further people who may use the operators' pages, each with a role."""
    alone_credits_max: int = ADMIN_ALONE_CREDITS_MAX
    """How many credits one operator may give on a day without another's agreement."""
    tells_own_machine: bool = False
    """Whether webhooks of programs may be servers of this machine: only under `make run`."""

    @classmethod
    def read(cls, env: Environment) -> Self:
        url, bucket = _require_url(env, "API_URL"), _require(env, "MEDIA_BUCKET")
        fal_offers, veo_offers = _read_switch(env, "FAL_OFFERS"), _read_switch(env, "VEO_OFFERS")
        return cls(
            ReleaseSettings.read(env),
            CallerSettings.read(env, "API_URL"),
            RepairSettings.read(env),
            url,
            SignInSettings.read(env),
            (frame,) if (frame := _read_url(env, "TELEGRAM_WEB_URL")) else TELEGRAM_WEB_URLS,
            _read_url(env, "STORAGE_EMULATOR_HOST") or STORAGE_URL,
            bucket,
            SpendSettings.read(env),
            fal_offers,
            veo_offers,
            _read_contact(env),
            _read_card_currencies(env),
            _read_ids(env, "ADMIN_IDS"),
            _read_url(env, "ADMIN_URL"),
            read_erasure_keys(env),
            _read_url(env, "WEBHOOK_URL"),
            _read_roles(env),
            _read_credits(env, "ADMIN_ALONE_CREDITS_MAX", ADMIN_ALONE_CREDITS_MAX),
            _read_switch(env, "LOOPBACK_WEBHOOKS"),
        )


@dataclass(frozen=True, slots=True)
class GitHubAppSettings:
    """The GitHub App that starts workflows in our repository, and may do nothing else there."""

    client_id: str
    installation_id: str
    repository: str
    """`owner/name`."""
    base_url: str
    key: str = field(repr=False)
    """The App's private key in PEM."""

    @classmethod
    def read(cls, env: Environment) -> Self | None:
        """None where there is no App: a member or a merge starts the workflows in GitHub."""
        key, repository = env.get("RELEASE_APP_KEY", "").strip(), env.get("GITHUB_REPOSITORY", "").strip()
        client_id, installation = env.get("GITHUB_APP_CLIENT_ID", "").strip(), env.get("GITHUB_APP_INSTALLATION_ID", "")
        base_url = _read_url(env, "GITHUB_API_URL") or GITHUB_API_URL
        if not (key and client_id):
            return None
        if not re.fullmatch(r"[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}", repository):
            raise SettingsError("GITHUB_REPOSITORY: not owner/name")
        if not re.fullmatch(r"[A-Za-z0-9.]{1,40}", client_id):
            raise SettingsError("GITHUB_APP_CLIENT_ID: not the client id of an App")
        if not re.fullmatch(r"[1-9][0-9]{0,18}", installation.strip()):
            raise SettingsError("GITHUB_APP_INSTALLATION_ID: not the number of an installation")
        if not key.startswith("-----BEGIN "):
            raise SettingsError("RELEASE_APP_KEY: not a private key in PEM")
        return cls(client_id, installation.strip(), repository, base_url, key)


@dataclass(frozen=True, slots=True)
class ReleasesSettings:
    """`releases`: a database, a queue and a bot of its own; no right to deploy."""

    release: ReleaseSettings
    queue: QueueSettings
    caller: CallerSettings
    """Cloud Tasks and the scheduler, with an account that calls this function alone."""
    address: AddressSettings
    database: str
    repository_id: str
    """GitHub's number of our repository; names can be taken over."""
    issuer: str
    jwks_url: str
    """Who signs the tokens of workflows; GitHub by default."""
    bot: TelegramSettings | None
    """The release bot; None: there is none, and people are told of nothing."""
    app: GitHubAppSettings | None
    webhook_secret: bytes = field(repr=False)
    """What Telegram sends with the release bot's updates. Empty: nobody is Telegram."""
    staging_bot_url: str = ""
    """Where the product's bot on staging is opened. Empty: cards lead to none."""

    @property
    def project(self) -> str:
        return self.queue.project

    @property
    def url(self) -> str:
        """Its own address, which is the audience of the workflows' tokens too."""
        return self.address.url

    @classmethod
    def read(cls, env: Environment) -> Self:
        repository_id, secret = _require(env, "GITHUB_REPOSITORY_ID"), env.get("RELEASE_WEBHOOK_SECRET", "").strip()
        if not re.fullmatch(r"[1-9][0-9]{0,18}", repository_id):
            raise SettingsError("GITHUB_REPOSITORY_ID: not the number of a repository")
        return cls(
            ReleaseSettings.read(env),
            QueueSettings.read(env, RELEASE_ACCOUNT),
            CallerSettings.read(env, "RELEASES_URL", RELEASE_ACCOUNT),
            AddressSettings.read(env, "RELEASES"),
            read_release_database(env),
            repository_id,
            _read_url(env, "GITHUB_OIDC_ISSUER") or GITHUB_ISSUER,
            _read_url(env, "GITHUB_OIDC_JWKS_URL") or GITHUB_JWKS_URL,
            _read_release_bot(env),
            GitHubAppSettings.read(env),
            _check_webhook_secret("RELEASE_WEBHOOK_SECRET", secret) if secret else b"",
            _read_staging_bot(env),
        )


def _read_staging_bot(env: Environment) -> str:
    """The link to the product's bot on staging.

    https://core.telegram.org/api/links#public-username-links
    """
    username = env.get("STAGING_BOT_USERNAME", "").strip()
    if username and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{3,31}", username):
        raise SettingsError("STAGING_BOT_USERNAME: not a bot's username without its @")
    return f"https://t.me/{username}" if username else ""


def _read_release_bot(env: Environment) -> TelegramSettings | None:
    token = env.get("RELEASE_BOT_TOKEN", "").strip()
    try:
        return TelegramSettings.read({**env, "TELEGRAM_BOT_TOKEN": token}) if token else None
    except SettingsError as error:
        raise SettingsError(str(error).replace("TELEGRAM_BOT_TOKEN", "RELEASE_BOT_TOKEN")) from None


def load(read: Callable[[Environment], T]) -> T:
    """The settings from this process's environment; if they are invalid, print one line and exit."""
    try:
        return read(os.environ)
    except SettingsError as error:
        sys.exit(f"settings: {error}")


def read_database(env: Environment) -> str:
    """The Firestore database's id. Raises SettingsError if Firestore does not allow it."""
    value = env.get("FIRESTORE_DATABASE", "").strip() or FIRESTORE_DATABASE
    if value != FIRESTORE_DATABASE and not re.fullmatch(r"[a-z][a-z0-9-]{2,61}[a-z0-9]", value):
        raise SettingsError("FIRESTORE_DATABASE: not the name of a database")
    return value


def read_release_database(env: Environment) -> str:
    """The id of the releases' own database, which never is the product's. Raises SettingsError."""
    value = env.get("RELEASE_DATABASE", "").strip() or RELEASE_DATABASE
    if not re.fullmatch(r"releases(-[a-z0-9]{1,40})*", value):
        raise SettingsError("RELEASE_DATABASE: not releases, nor releases-…")
    return value


def read_order_keys(env: Environment) -> tuple[bytes, ...]:
    """The keys that sign invoices, with commas between them: the first signs, all are accepted, so that a key can be
    replaced. None: nothing is sold. Raises SettingsError.
    """
    return _read_keys(env, "ORDER_SIGNING_KEY")


def read_erasure_keys(env: Environment) -> tuple[bytes, ...]:
    """The keys by which erased people are remembered: the first writes, all are tried. Raises SettingsError."""
    return _read_keys(env, "ERASURE_KEY")


def read_app_url(env: Environment) -> str:
    """Where the Mini App is; empty where there is none. Raises SettingsError."""
    return _read_url(env, "MINI_APP_URL")


def _read_keys(env: Environment, name: str) -> tuple[bytes, ...]:
    value = env.get(name, "").strip()
    keys = value.split(",") if value else []
    if not all(re.fullmatch(r"[A-Za-z0-9_+/=-]{32,256}", key) for key in keys):
        raise SettingsError(f"{name}: not keys of 32 to 256 characters of base64")
    return tuple(key.encode() for key in keys)


def _check_webhook_secret(name: str, value: str) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value):
        raise SettingsError(f"{name}: not 16 to 256 characters of A-Z, a-z, 0-9, _ and -")
    return value.encode()


def _read_contact(env: Environment) -> str:
    value = env.get("SUPPORT_CONTACT", "").strip()
    if value and not re.fullmatch(r"@[A-Za-z][A-Za-z0-9_]{4,31}", value):
        raise SettingsError("SUPPORT_CONTACT: not a Telegram username with its @")
    return value


def _read_header(env: Environment, name: str) -> str:
    """A key that is sent in a header; empty if it is not set."""
    value = env.get(name, "").strip()
    if not re.fullmatch(r"[!-~]{0,256}", value):
        raise SettingsError(f"{name}: not up to 256 characters of ASCII without spaces")
    return value


def _read_shop_id(env: Environment) -> str:
    value = env.get("YOOKASSA_SHOP_ID", "").strip()
    if not re.fullmatch(r"[0-9]{0,16}", value):
        raise SettingsError("YOOKASSA_SHOP_ID: not a number")
    return value


def _read_networks(env: Environment) -> tuple[str, ...]:
    """The networks of YooKassa; others only where another server stands for it."""
    value = env.get("YOOKASSA_NETWORKS", "").strip()
    return tuple(each.strip() for each in value.split(",")) if value else YOOKASSA_NETWORKS


def _read_offers(env: Environment) -> dict[str, str]:
    value = env.get("LAVA_OFFERS", "").strip()
    found = [re.fullmatch(r"([a-z]{1,16})=([A-Za-z0-9-]{8,64})", each.strip()) for each in value.split(",") if value]
    if not all(found):
        raise SettingsError("LAVA_OFFERS: not package=offer with commas between them")
    return {each[1]: each[2] for each in found if each is not None}


def _read_card_currencies(env: Environment) -> frozenset[str]:
    """By the providers that `bot` is told of too."""
    lava = LAVA_CURRENCIES if _read_offers(env) else frozenset[str]()
    return lava | (YOOKASSA_CURRENCIES if _read_shop_id(env) else frozenset[str]())


def _require(env: Environment, name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name}: not set")
    return value


def _require_url(env: Environment, name: str) -> str:
    _require(env, name)
    return _read_url(env, name)


def _read_url(env: Environment, name: str) -> str:
    """A URL without a trailing slash; empty if it is not set."""
    value = env.get(name, "").strip()
    if value and not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", value):
        raise SettingsError(f"{name}: not a URL")
    return value.rstrip("/")


def _read_switch(env: Environment, name: str, default: str = "off") -> bool:
    value = env.get(name, "").strip() or default
    if value not in {"on", "off"}:
        raise SettingsError(f"{name}: neither on nor off")
    return value == "on"


def _read_usd(env: Environment, name: str, default: float) -> float:
    value = env.get(name, "").strip() or str(default)
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,2})?", value):
        raise SettingsError(f"{name}: not an amount in US dollars")
    return float(value)


def _read_count(env: Environment, name: str) -> int:
    value = env.get(name, "").strip() or "1"
    if not re.fullmatch(r"[1-9][0-9]?", value):
        raise SettingsError(f"{name}: not a whole number from 1 to 99")
    return int(value)


def read_sentry_dsn(env: Environment) -> str:
    """Sentry's address of a project; empty if it is not set. Raises SettingsError, which does not show it."""
    value = env.get("SENTRY_DSN", "").strip()
    if value and not re.fullmatch(r"https?://[0-9a-zA-Z]{1,64}@[^/@\s]+(/[^/\s]+)*/[0-9]{1,20}", value):
        raise SettingsError("SENTRY_DSN: not https://KEY@HOST/PROJECT")
    return value


def read_analytics_dsn(env: Environment) -> str:
    """The address of Google Analytics or Mixpanel; empty if it is not set. Raises SettingsError, which hides it."""
    value = env.get("ANALYTICS_DSN", "").strip()
    word = "[0-9A-Za-z_-]{1,64}"
    if value and not re.fullmatch(rf"https?://{word}@[^/@\s]+/(mp/collect/{word}|import)", value):
        raise SettingsError("ANALYTICS_DSN: not https://SECRET@HOST/mp/collect/ID and not https://TOKEN@HOST/import")
    return value


def _read_share(env: Environment, name: str) -> float:
    value = env.get(name, "").strip() or "1"
    if not re.fullmatch(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?", value):
        raise SettingsError(f"{name}: not a number from 0 to 1")
    return float(value)


def _read_percent(env: Environment, name: str) -> int:
    value = env.get(name, "").strip() or "0"
    if not re.fullmatch(r"[0-9]{1,2}|100", value):
        raise SettingsError(f"{name}: not a whole number from 0 to 100")
    return int(value)


def _read_ids(env: Environment, name: str) -> frozenset[int]:
    """Ids of people."""
    ids = _read_chat_ids(env, name)
    if any(each <= 0 for each in ids):
        raise SettingsError(f"{name}: not ids of people")
    return ids


def _read_roles(env: Environment) -> dict[int, str]:
    """Who may do what on the operators' pages: "501:viewer,502:finance"."""
    value = env.get("ADMIN_ROLES", "").strip()
    pattern = rf"([1-9][0-9]{{0,15}}):({'|'.join(ADMIN_ROLES)})"
    found = [re.fullmatch(pattern, each.strip()) for each in value.split(",") if value]
    roles = {int(each[1]): each[2] for each in found if each is not None}
    if len(roles) != len(found):
        raise SettingsError(f"ADMIN_ROLES: not id:role, each id once, with commas between them; roles: {ADMIN_ROLES}")
    return roles


def _read_credits(env: Environment, name: str, default: int) -> int:
    value = env.get(name, "").strip() or str(default)
    if not re.fullmatch(r"[0-9]{1,6}", value):
        raise SettingsError(f"{name}: not a number of credits")
    return int(value)


def _read_group(env: Environment, name: str) -> int:
    """The id of one group; 0 if it is not set."""
    ids = _read_chat_ids(env, name)
    if len(ids) > 1 or any(each >= 0 for each in ids):
        raise SettingsError(f"{name}: not the id of one group")
    return next(iter(ids), 0)


def _read_chat_ids(env: Environment, name: str) -> frozenset[int]:
    value = env.get(name, "").strip()
    words = [word.strip() for word in value.split(",")] if value else []
    if not all(re.fullmatch(r"-?[0-9]{1,18}", word) for word in words):
        raise SettingsError(f"{name}: not whole numbers with commas between them")
    return frozenset(int(word) for word in words)
