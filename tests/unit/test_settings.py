"""Settings are complete and well-formed, or one line says which is not."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from shared.adapters.lava import LavaCards
from shared.adapters.yookassa import YooKassaCards
from shared.errors import SettingsError
from shared.settings import (
    ADMIN_ALONE_CREDITS_MAX,
    TELEGRAM_PUBLIC_KEY,
    ApiSettings,
    BotSettings,
    ChatSettings,
    EncryptionSettings,
    ImageSettings,
    ModelSettings,
    PaymentsSettings,
    ReleasesSettings,
    SweepSettings,
    TelegramSettings,
    TelemetrySettings,
    VideoSettings,
    WebhookSettings,
    load,
)

Read = Callable[[Mapping[str, str]], Any]
NO_PERCENTS = ("101", "-5", "5.5", "5 %", "٢٥", "many", "1000")
NO_DATABASES = ("()", "Restored-1", "1-restored", "restored-", "a-b", "restored/1", "r" * 64)
NO_USD = ("-1", "1,5", "1.234", "$5", "٣", "1e3", "1000000.5")
NO_CHAT_IDS = ("staff", "12;13", "12,", ",", "1.5", "--7", "٣٣", "9" * 19, "12,-")
QUEUE = {
    "GOOGLE_CLOUD_PROJECT": "test-project",
    "GOOGLE_CLOUD_LOCATION": "europe-west1",
    "TASKS_SERVICE_ACCOUNT": "tasks@test-project.iam.gserviceaccount.com",
}
URLS = {
    "BOT_URL": "https://bot.test",
    "IMAGE_URL": "https://image.test/",
    "CHAT_URL": "https://chat.test",
    "VIDEO_URL": "https://video.test",
    "API_URL": "https://api.test",
}
WEBHOOK = QUEUE | {"BOT_URL": "https://bot.test", "TELEGRAM_WEBHOOK_SECRET": "TEST_not_a_real-secret"}
SWEEP = QUEUE | URLS | {"SWEEP_URL": "https://sweep.test"}
WORK = QUEUE | URLS | {"TELEGRAM_BOT_TOKEN": "1234567:TEST-not-a-real-token", "MEDIA_BUCKET": "test-media"}
NO_CARDS = (
    ("LAVA_API_KEY", "a key with spaces"),
    ("LAVA_API_KEY", "key-without-offers"),
    ("LAVA_OFFERS", "package-without-offer"),
    ("LAVA_OFFERS", "m=836b9fc5-7ae9-4a27-9642-592bc44072b7"),
    ("YOOKASSA_SHOP_ID", "shop"),
    ("YOOKASSA_SHOP_ID", "1234567"),
)
PAYMENTS = QUEUE | {"BOT_URL": "https://bot.test", "VIDEO_URL": "https://video.test"}
API = QUEUE | URLS | {"MEDIA_BUCKET": "test-media"}
RELEASES = {
    "GOOGLE_CLOUD_PROJECT": "test-project",
    "GOOGLE_CLOUD_LOCATION": "europe-west1",
    "RELEASE_TASKS_ACCOUNT": "release-task-caller@test-project.iam.gserviceaccount.com",
    "RELEASES_URL": "https://releases.test",
    "GITHUB_REPOSITORY_ID": "74",
}
RELEASE_APP = {
    "RELEASE_APP_KEY": "-----BEGIN RSA PRIVATE KEY-----\nTEST-not-a-real-key",  # pragma: allowlist secret
    "GITHUB_APP_CLIENT_ID": "Iv23TEST",
    "GITHUB_APP_INSTALLATION_ID": "55",
    "GITHUB_REPOSITORY": "team/bot",
}
FUNCTIONS: list[tuple[Read, dict[str, str]]] = [
    (WebhookSettings.read, WEBHOOK),
    (BotSettings.read, WORK),
    (ImageSettings.read, WORK),
    (ChatSettings.read, WORK),
    (VideoSettings.read, WORK),
    (SweepSettings.read, SWEEP),
    (PaymentsSettings.read, PAYMENTS),
    (ApiSettings.read, API),
    (ReleasesSettings.read, RELEASES),
]


@pytest.mark.parametrize(("read", "env", "name"), [(read, env, name) for read, env in FUNCTIONS for name in env])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_everything_is_needed(read: Read, env: dict[str, str], name: str, value: str | None) -> None:
    """A function starts with exactly these variables, and without one of them it says which."""
    read(env)
    with pytest.raises(SettingsError, match=name):
        read({key: given for key, given in env.items() if key != name} | ({name: value} if value is not None else {}))


@pytest.mark.parametrize(
    ("read", "env", "name", "value"),
    [
        (WebhookSettings.read, WEBHOOK, "TELEGRAM_WEBHOOK_SECRET", "short"),
        (WebhookSettings.read, WEBHOOK, "TELEGRAM_WEBHOOK_SECRET", "x" * 257),
        (WebhookSettings.read, WEBHOOK, "TELEGRAM_WEBHOOK_SECRET", "has spaces and more"),
        (WebhookSettings.read, WEBHOOK, "TELEGRAM_WEBHOOK_SECRET", "кириллица_кириллица"),
        (WebhookSettings.read, WEBHOOK, "BOT_URL", "bot.test"),
        (WebhookSettings.read, WEBHOOK, "BOT_URL", "ftp://bot.test"),
        (WebhookSettings.read, WEBHOOK, "BOT_URL", "https://bot.test/a b"),
        (BotSettings.read, WORK, "TELEGRAM_BOT_TOKEN", "not-a-token"),
        (BotSettings.read, WORK, "TELEGRAM_BOT_TOKEN", "7654321:"),
        (BotSettings.read, WORK, "TELEGRAM_BOT_TOKEN", "7654321:a/b"),
        (ImageSettings.read, WORK, "IMAGE_URL", "https://"),
        (BotSettings.read, WORK, "BOT_TASK_URL", "r-0---bot.test"),
        (BotSettings.read, WORK, "ADMIN_IDS", "-1001"),
        (BotSettings.read, WORK, "SUPPORT_CHAT_ID", "1001"),
        (BotSettings.read, WORK, "SUPPORT_CHAT_ID", "-1001,-1002"),
        (SweepSettings.read, SWEEP, "IMAGE_TASK_URL", "ftp://r-0---image.test"),
        (WebhookSettings.read, WEBHOOK, "CANDIDATE_BOT_URL", "r-0---bot.test"),
        (WebhookSettings.read, WEBHOOK, "BOT_QUEUES", "0"),
        (WebhookSettings.read, WEBHOOK, "BOT_QUEUES", "100"),
        (WebhookSettings.read, WEBHOOK, "BOT_QUEUES", "two"),
        (WebhookSettings.read, WEBHOOK, "QUEUES_GENERATION", "g2"),
        (PaymentsSettings.read, PAYMENTS, "LAVA_WEBHOOK_KEY", "too-short"),
        (ReleasesSettings.read, RELEASES, "GITHUB_REPOSITORY_ID", "team/bot"),
        (ReleasesSettings.read, RELEASES, "RELEASE_WEBHOOK_SECRET", "short"),
        (ReleasesSettings.read, RELEASES, "GITHUB_OIDC_ISSUER", "github.com"),
        (ReleasesSettings.read, RELEASES, "RELEASE_DATABASE", "(default)"),
        (ReleasesSettings.read, RELEASES, "RELEASE_DATABASE", "restored-1121"),
        (ReleasesSettings.read, RELEASES, "RELEASE_BOT_TOKEN", "not-a-token"),
        (ReleasesSettings.read, RELEASES | RELEASE_APP, "RELEASE_APP_KEY", "TEST-no-pem"),
        (ReleasesSettings.read, RELEASES | RELEASE_APP, "GITHUB_APP_CLIENT_ID", "Iv 23"),
        (ReleasesSettings.read, RELEASES | RELEASE_APP, "GITHUB_APP_INSTALLATION_ID", "first"),
        (ReleasesSettings.read, RELEASES, "STAGING_BOT_USERNAME", "@staging_bot"),
        (ReleasesSettings.read, RELEASES | RELEASE_APP, "GITHUB_REPOSITORY", "team/bot/../x"),
        *((SweepSettings.read, SWEEP, "FIRESTORE_DATABASE", value) for value in NO_DATABASES),
        *((WebhookSettings.read, WEBHOOK, "CANDIDATE_PERCENT", value) for value in NO_PERCENTS),
        *((WebhookSettings.read, WEBHOOK, "STAFF_CHAT_IDS", value) for value in NO_CHAT_IDS),
    ],
)
def test_malformed(read: Read, env: dict[str, str], name: str, value: str) -> None:
    """A garbled variable is named, and its value, which may be a secret, is not shown."""
    with pytest.raises(SettingsError, match=name) as raised:
        read(env | {name: value})
    assert value not in str(raised.value)


def test_defaults_are_googles_and_telegrams() -> None:
    """Without local servers everything points at the real ones."""
    settings = BotSettings.read(WORK)
    assert settings.work.telegram.api_base_url == "https://api.telegram.org"
    assert settings.caller.issuer == "https://accounts.google.com"
    assert settings.caller.jwks_url.startswith("https://www.googleapis.com/")
    assert settings.work.repair.queue.emulator_host == ""
    assert settings.work.telegram.bot_id == 1234567


@pytest.mark.parametrize(
    ("given", "used"),
    [(None, "(default)"), ("", "(default)"), ("(default)", "(default)"), ("restored-1121", "restored-1121")],
)
def test_database(given: str | None, used: str) -> None:
    """Firestore's default, or the one that is named after a restore, for every function that has documents."""
    env = {} if given is None else {"FIRESTORE_DATABASE": given}
    assert SweepSettings.read(SWEEP | env).repair.database == used
    assert BotSettings.read(WORK | env).work.repair.database == used
    assert ImageSettings.read(WORK | env).work.repair.database == used
    assert ChatSettings.read(WORK | env).work.repair.database == used


def test_releases_stand_alone() -> None:
    """Their own database, account, bot and App; without the last two nobody is told and no workflow is started."""
    bare = ReleasesSettings.read(RELEASES)
    assert (bare.database, bare.bot, bare.app, bare.webhook_secret) == ("releases", None, None, b"")
    assert bare.queue.service_account == bare.caller.service_account == RELEASES["RELEASE_TASKS_ACCOUNT"]
    assert (bare.caller.audience, bare.project) == ("https://releases.test", "test-project")
    more = {"RELEASE_BOT_TOKEN": "7654321:TEST-not-a-real-token", "RELEASE_DATABASE": "releases-1121"}
    whole = ReleasesSettings.read(RELEASES | RELEASE_APP | more | {"GITHUB_API_URL": "http://127.0.0.1:1/"})
    assert whole.bot is not None
    assert whole.app is not None
    assert (whole.bot.bot_id, whole.database) == (7654321, "releases-1121")
    assert whole.url == "https://releases.test"
    assert (whole.app.installation_id, whole.app.base_url) == ("55", "http://127.0.0.1:1")
    assert ReleasesSettings.read(RELEASES | {"GITHUB_APP_CLIENT_ID": "Iv23TEST"}).app is None
    assert "not-a-real" not in repr(whole)


def test_each_function_is_its_own_audience() -> None:
    """A token made for one function opens no other."""
    audiences = [
        BotSettings.read(WORK).caller.audience,
        ImageSettings.read(WORK).caller.audience,
        ChatSettings.read(WORK).caller.audience,
        SweepSettings.read(SWEEP).caller.audience,
    ]
    assert audiences == ["https://bot.test", "https://image.test", "https://chat.test", "https://sweep.test"]


def test_a_release_may_keep_its_work() -> None:
    """Tasks go to the function itself, or to a revision of it; their tokens are for the function either way."""
    names = ("bot", "image", "chat", "video", "api")
    own = {f"{name.upper()}_TASK_URL": f"https://r-0---{name}.test/" for name in names}
    for env, prefix in ((SWEEP, ""), (SWEEP | dict.fromkeys(own, ""), ""), (SWEEP | own, "r-0---")):
        repair = SweepSettings.read(env).repair
        called = (repair.bot, repair.image, repair.chat, repair.video, repair.api)
        assert [each.task_url for each in called] == [f"https://{prefix}{name}.test" for name in names]
        assert [each.url for each in called] == [f"https://{name}.test" for name in names]
    assert BotSettings.read(WORK | own).caller.audience == "https://bot.test"


@pytest.mark.parametrize(("value", "count"), [("", 1), ("1", 1), (" 8 ", 8), ("99", 99)])
def test_queues(value: str, count: int) -> None:
    """Whoever creates tasks knows how many queues `bot` has, for a candidate too; without the variable it has one."""
    env = {"BOT_QUEUES": value, "CANDIDATE_BOT_URL": "https://r-1---bot.test"}
    webhook, repair = WebhookSettings.read(WEBHOOK | env), SweepSettings.read(SWEEP | env).repair
    assert webhook.candidate is not None
    assert (webhook.bot.queues, webhook.candidate.bot.queues, repair.bot.queues) == (count, count, count)
    assert repair.image.queues == 1


@pytest.mark.parametrize("percent", ["", "0", "5", " 25 ", "100"])
@pytest.mark.parametrize(("staff", "chats"), [("", []), ("501", [501]), ("501, -1001,7", [-1001, 7, 501])])
def test_candidate(percent: str, staff: str, chats: list[int]) -> None:
    """A release that is tried has a URL, its share and the staff's chats; groups are negative."""
    shares = {"CANDIDATE_PERCENT": percent, "STAFF_CHAT_IDS": staff}
    candidate = WebhookSettings.read(WEBHOOK | shares | {"CANDIDATE_BOT_URL": "https://r-1---bot.test"}).candidate
    assert candidate is not None
    assert (candidate.bot.task_url, candidate.bot.url) == ("https://r-1---bot.test", "https://bot.test")
    assert (candidate.percent, sorted(candidate.staff_chat_ids)) == (int(percent or 0), chats)
    for nothing in ({}, {"CANDIDATE_BOT_URL": ""}):
        assert WebhookSettings.read(WEBHOOK | shares | nothing).candidate is None


def test_local_servers() -> None:
    """Other servers are a matter of variables."""
    local = {
        "TELEGRAM_API_BASE_URL": "http://127.0.0.1:8081/", "TASKS_OIDC_ISSUER": "http://127.0.0.1:8123",
        "TASKS_OIDC_JWKS_URL": "http://127.0.0.1:8123/jwks", "CLOUD_TASKS_EMULATOR_HOST": "127.0.0.1:8123",
        "APP_VERSION": "1.2.3", "IMAGE_DIGEST": "sha256:0", "K_REVISION": "bot-7",
    }  # fmt: skip
    settings = BotSettings.read(WORK | local)
    assert settings.work.telegram.api_base_url == "http://127.0.0.1:8081"
    assert (settings.caller.issuer, settings.caller.jwks_url) == (
        "http://127.0.0.1:8123",
        "http://127.0.0.1:8123/jwks",
    )
    assert settings.work.repair.queue.emulator_host == "127.0.0.1:8123"
    assert (settings.release.version, settings.release.digest, settings.release.revision) == (
        "1.2.3",
        "sha256:0",
        "bot-7",
    )


@pytest.mark.parametrize(("key", "base_url"), [("", "http://vertex"), ("TEST-key", "http://gemini")])
def test_model_access(key: str, base_url: str) -> None:
    """With a key the developer API, without one the enterprise API, each with its own base address."""
    env = QUEUE | {"GOOGLE_GEMINI_BASE_URL": "http://gemini", "GOOGLE_VERTEX_BASE_URL": "http://vertex"}
    settings = ModelSettings.read(env | {"GEMINI_API_KEY": key})
    assert (settings.api_key, settings.base_url, settings.location) == (key, base_url, "global")


def test_secrets_are_not_printed() -> None:
    """Settings may be shown without giving anything away."""
    shown = repr(
        [
            TelegramSettings.read(WORK),
            WebhookSettings.read(WEBHOOK),
            ModelSettings.read(QUEUE | {"GEMINI_API_KEY": "TEST-not-a-real-key"}),
        ]
    )
    assert "not-a-real" not in shown
    assert "not_a_real" not in shown


def test_one_line_and_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process whose environment is incomplete ends with one line that names the variable."""
    for name in WEBHOOK:
        monkeypatch.setenv(name, WEBHOOK[name])
    assert load(WebhookSettings.read).bot.url == "https://bot.test"
    monkeypatch.delenv("BOT_URL")
    with pytest.raises(SystemExit) as raised:
        load(WebhookSettings.read)
    assert raised.value.code == "settings: BOT_URL: not set"


@pytest.mark.parametrize("name", ["SPEND_USD_PER_HOUR_MAX", "SPEND_USD_PER_DAY_MAX"])
@pytest.mark.parametrize("value", NO_USD)
def test_caps_are_amounts(name: str, value: str) -> None:
    """What is no amount in US dollars stops the process and names the variable: no cap is switched off by a typo."""
    with pytest.raises(SettingsError, match=name):
        BotSettings.read(WORK | {name: value})


def test_caps() -> None:
    """The caps are those of the environment; without them there are caps all the same."""
    given = ImageSettings.read(WORK | {"SPEND_USD_PER_HOUR_MAX": "0", "SPEND_USD_PER_DAY_MAX": "12.50"}).work.spend
    assert (given.hour_usd_max, given.day_usd_max) == (0, 12.5)
    default = BotSettings.read(WORK).work.spend
    assert 0 < default.hour_usd_max < default.day_usd_max < 100


@pytest.mark.parametrize(("value", "is_on"), [("", False), ("off", False), ("on", True)])
def test_dearer_models(value: str, is_on: bool) -> None:  # noqa: FBT001 — one of a table
    """Nothing is sold at a loss unless it is switched on."""
    assert ImageSettings.read(WORK | {"SELL_DEARER_MODELS": value}).dearer_too is is_on


def test_a_switch_is_on_or_off() -> None:
    """Any other word stops the process."""
    with pytest.raises(SettingsError, match="SELL_DEARER_MODELS"):
        ImageSettings.read(WORK | {"SELL_DEARER_MODELS": "true"})


@pytest.mark.parametrize("read", [BotSettings.read, ImageSettings.read, ChatSettings.read, VideoSettings.read])
def test_veo_is_off_until_it_is_wanted(read: Read) -> None:
    """Those that sell know whether Veo is on offer."""
    assert not read(WORK).work.veo_offers
    assert read(WORK | {"VEO_OFFERS": "on"}).work.veo_offers


def test_veo_needs_the_enterprise_api() -> None:
    """With a key for the developer API `video` refuses to start: every order of Veo would end with a refund."""
    with pytest.raises(SettingsError, match="VEO_OFFERS"):
        VideoSettings.read(WORK | {"VEO_OFFERS": "on", "GEMINI_API_KEY": "TEST-key"})


ORDER_KEYS = "a" * 32 + "," + "b" * 32
SELLING = WORK | {"ORDER_SIGNING_KEY": ORDER_KEYS, "SUPPORT_CONTACT": "@our_support"}


def test_selling() -> None:
    """Where credits are sold, the first key signs, all are accepted, and people know whom to write to."""
    settings = BotSettings.read(SELLING)
    assert settings.order_keys == (b"a" * 32, b"b" * 32)
    assert settings.work.support_contact == "@our_support"
    assert WebhookSettings.read(WEBHOOK | {"ORDER_SIGNING_KEY": ORDER_KEYS}).order_keys == settings.order_keys
    for nothing in (WORK, WORK | {"SUPPORT_CONTACT": "@our_support"}, WORK | {"ORDER_SIGNING_KEY": ORDER_KEYS}):
        assert (BotSettings.read(nothing).order_keys, BotSettings.read(nothing).work.support_contact) == ((), "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORDER_SIGNING_KEY", "short"),
        ("ORDER_SIGNING_KEY", "a" * 32 + ","),
        ("SUPPORT_CONTACT", "our_support"),
        ("SUPPORT_CONTACT", "@a b"),
    ],
)
def test_selling_with_nonsense(name: str, value: str) -> None:
    """Keys that are none, and a contact that is none, stop the process."""
    with pytest.raises(SettingsError, match=name):
        BotSettings.read(SELLING | {name: value})


KMS_KEY = "projects/p/locations/europe-west1/keyRings/documents/cryptoKeys/words"


@pytest.mark.parametrize("key", [KMS_KEY, "/run/encryption-key"])
def test_encrypting(key: str) -> None:
    """A key alone is for reading, the switch for writing; without both documents are plain text."""
    for read, env in ((BotSettings.read, WORK), (ChatSettings.read, WORK)):
        assert read(env).work.repair.encryption is None
        assert read(env | {"ENCRYPTION_KEY": key}).work.repair.encryption == EncryptionSettings(key, encrypts=False)
    both = {"ENCRYPTION_KEY": key, "ENCRYPT_FIELDS": "on"}
    assert ApiSettings.read(API | both).repair.encryption == EncryptionSettings(key, encrypts=True)


@pytest.mark.parametrize(
    ("name", "env"),
    [
        ("ENCRYPTION_KEY", {"ENCRYPTION_KEY": "a-password"}),
        ("ENCRYPTION_KEY", {"ENCRYPTION_KEY": f"{KMS_KEY}/cryptoKeyVersions/1"}),
        ("ENCRYPT_FIELDS", {"ENCRYPTION_KEY": KMS_KEY, "ENCRYPT_FIELDS": "yes"}),
        ("ENCRYPT_FIELDS", {"ENCRYPT_FIELDS": "on"}),
    ],
)
def test_encrypting_with_nonsense(name: str, env: dict[str, str]) -> None:
    """A key that is none, or none at all, stops the process: nothing is written as plain text by mistake."""
    with pytest.raises(SettingsError, match=f"^{name}"):
        BotSettings.read(WORK | env)


def test_remembering_the_erased() -> None:
    """Whoever may meet somebody for the first time knows the keys, and prints none; without one, nobody is erased."""
    for read, env in ((BotSettings.read, WORK), (ChatSettings.read, WORK)):
        settings = read(env | {"ERASURE_KEY": ORDER_KEYS})
        assert settings.work.erasure_keys == (b"a" * 32, b"b" * 32)
        assert "aaa" not in repr(settings)
        assert read(env).work.erasure_keys == ()
    assert ApiSettings.read(API | {"ERASURE_KEY": ORDER_KEYS}).erasure_keys == (b"a" * 32, b"b" * 32)
    with pytest.raises(SettingsError, match="ERASURE_KEY"):
        BotSettings.read(WORK | {"ERASURE_KEY": "short"})


SIGNING_IN = API | {"TELEGRAM_BOT_ID": "1234567", "TELEGRAM_BOT_USERNAME": "our_bot", "SESSION_SIGNING_KEY": ORDER_KEYS}


def test_signing_in() -> None:
    """The Mini App knows its bot, Telegram's own key and the keys of sessions, and Telegram may show it."""
    settings = ApiSettings.read(SIGNING_IN)
    assert settings.sign_in is not None
    assert (settings.sign_in.bot_id, settings.sign_in.telegram_key.hex()) == (1234567, TELEGRAM_PUBLIC_KEY)
    assert settings.sign_in.session_keys == (b"a" * 32, b"b" * 32)
    assert (settings.url, settings.files_origin) == ("https://api.test", "https://storage.googleapis.com")
    assert settings.frame_origins[0] == "https://web.telegram.org"
    local = {"TELEGRAM_WEB_URL": "http://127.0.0.1:8700/", "STORAGE_EMULATOR_HOST": "http://127.0.0.1:8705"}
    here = ApiSettings.read(SIGNING_IN | local)
    assert (here.frame_origins, here.files_origin) == (("http://127.0.0.1:8700",), "http://127.0.0.1:8705")
    assert "aaa" not in repr(settings)


def test_what_the_app_is_told() -> None:
    """The Mini App knows in which currencies cards are taken, without any key, and who finds the operators' page."""
    plain = ApiSettings.read(API)
    assert (plain.card_currencies, plain.admin_ids, plain.admin_url) == (frozenset(), frozenset(), "")
    lava, shop = {"LAVA_OFFERS": "s=836b9fc5-7ae9"}, {"YOOKASSA_SHOP_ID": "100500"}
    assert ApiSettings.read(API | lava).card_currencies == LavaCards.currencies
    assert ApiSettings.read(API | shop).card_currencies == YooKassaCards.currencies
    assert ApiSettings.read(API | lava | shop).card_currencies == LavaCards.currencies | YooKassaCards.currencies
    told = ApiSettings.read(API | {"ADMIN_IDS": "501, 502", "ADMIN_URL": "https://console.test/d/"})
    assert (told.admin_ids, told.admin_url) == (frozenset({501, 502}), "https://console.test/d")
    for name, value in (("ADMIN_IDS", "-1001"), ("ADMIN_IDS", "ann"), ("ADMIN_IDS", "0"), ("ADMIN_URL", "console")):
        with pytest.raises(SettingsError, match=name):
            ApiSettings.read(API | {name: value})


@pytest.mark.parametrize(
    ("token", "chat"),
    [("1:TEST", "-1001,7"), ("1:TEST", "ann"), ("no token", "7")],
)
def test_no_chat_of_operators(token: str, chat: str) -> None:
    """Two chats, a chat's name, and what is no token are refused."""
    with pytest.raises(SettingsError):
        SweepSettings.read(SWEEP | {"NOTICE_BOT_TOKEN": token, "NOTICE_CHAT_ID": chat})


def test_the_operators_chat() -> None:
    """Alarms are told there, where it is set."""
    for half in ({}, {"NOTICE_BOT_TOKEN": "1:TEST"}, {"NOTICE_CHAT_ID": "-1001"}):
        assert SweepSettings.read(SWEEP | half).notices is None
    notices = SweepSettings.read(SWEEP | {"NOTICE_BOT_TOKEN": "1:TEST", "NOTICE_CHAT_ID": "-1001"}).notices
    assert notices is not None
    assert (notices.chat_id, notices.telegram.token) == (-1001, "1:TEST")
    assert "TEST" not in repr(notices)


TELEMETRY = QUEUE | {"SENTRY_DSN": "https://TESTnotarealkey@sentry.test/path/42"}


def test_telemetry() -> None:
    """Nothing is sent anywhere unless a variable says where; the key of Sentry is in no text of it."""
    nothing = TelemetrySettings.read(QUEUE)
    assert (nothing.otlp_url, nothing.sentry_dsn, nothing.share, nothing.environment) == ("", "", 1.0, "local")
    everything = TELEMETRY | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "https://telemetry.googleapis.com/",
        "OTEL_TRACES_SAMPLER_ARG": "0.05",
        "DEPLOYMENT_ENVIRONMENT": "staging",
        "ANALYTICS": "on",
        "ANALYTICS_DSN": "https://TESTsecret@www.google-analytics.com/mp/collect/G-1",
    }
    settings = TelemetrySettings.read(everything)
    assert (settings.otlp_url, settings.share) == ("https://telemetry.googleapis.com", 0.05)
    assert (settings.environment, settings.project) == ("staging", "test-project")
    assert (nothing.counts_business, settings.counts_business, nothing.analytics_dsn) == (False, True, "")
    assert TelemetrySettings.read(QUEUE | {"ANALYTICS_DSN": "https://TESTtoken@api-eu.mixpanel.com/import"})
    assert "TEST" not in repr(settings)
    slack = {"SLACK_WEBHOOK_URL": "https://hooks.slack.test/services/TESTsecret"}
    assert SweepSettings.read(SWEEP | slack).slack_url.endswith("TESTsecret")
    assert "TESTsecret" not in repr(SweepSettings.read(SWEEP | slack))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANALYTICS", "yes"),
        ("ANALYTICS_DSN", "https://www.google-analytics.com/mp/collect/G-1"),
        ("ANALYTICS_DSN", "https://TESTkey@www.google-analytics.com/mp/collect"),
        ("ANALYTICS_DSN", "https://TESTkey@api.mixpanel.com/track"),
        ("SENTRY_DSN", "sentry.test/42"),
        ("SENTRY_DSN", "https://sentry.test/42"),
        ("SENTRY_DSN", "https://TESTkey@sentry.test/project"),
        ("OTEL_TRACES_SAMPLER_ARG", "1.5"),
        ("OTEL_TRACES_SAMPLER_ARG", "-0.1"),
        ("OTEL_TRACES_SAMPLER_ARG", "all"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"),
    ],
)
def test_no_telemetry(name: str, value: str) -> None:
    """What is no address of Sentry, no share and no URL is refused, and the value is not shown."""
    with pytest.raises(SettingsError) as caught:
        TelemetrySettings.read(TELEMETRY | {name: value})
    assert name in str(caught.value)
    assert "TESTkey" not in str(caught.value)


def test_webhook_url() -> None:
    """Where Telegram is to send updates; empty where they are fetched."""
    assert BotSettings.read(WORK).webhook_url == ""
    assert BotSettings.read(WORK | {"WEBHOOK_URL": "https://webhook.test/"}).webhook_url == "https://webhook.test"


@pytest.mark.parametrize("name", ["TELEGRAM_BOT_ID", "TELEGRAM_BOT_USERNAME", "SESSION_SIGNING_KEY"])
def test_no_mini_app(name: str) -> None:
    """Without its bot or its key nobody signs in; the bot that has no address for it offers none."""
    assert ApiSettings.read(SIGNING_IN | {name: ""}).sign_in is None
    assert BotSettings.read(WORK).mini_app_url == ""
    assert BotSettings.read(WORK | {"MINI_APP_URL": "https://api.test/"}).mini_app_url == "https://api.test"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_ID", "@our_bot"),
        ("TELEGRAM_BOT_ID", "٣"),
        ("TELEGRAM_BOT_USERNAME", "@our_bot"),
        ("SESSION_SIGNING_KEY", "short"),
        ("TELEGRAM_PUBLIC_KEY", "e7bf"),
        ("TELEGRAM_WEB_URL", "web.telegram.org"),
    ],
)
def test_signing_in_with_nonsense(name: str, value: str) -> None:
    """A bot, a key or a site that is none stops the process."""
    with pytest.raises(SettingsError, match=name):
        ApiSettings.read(SIGNING_IN | {name: value})


@pytest.mark.parametrize(("name", "value"), NO_CARDS)
def test_half_a_card_provider(name: str, value: str) -> None:
    """A provider of cards is set as a whole or not at all; where nothing is sold, nobody looks."""
    with pytest.raises(SettingsError, match=name.partition("_")[0]) as raised:
        BotSettings.read(SELLING | {name: value})
    assert value not in str(raised.value)
    assert BotSettings.read(WORK | {name: value}).cards.lava is None


def test_operators_of_the_bot() -> None:
    """`bot` knows who may write to everybody; without the setting nobody may."""
    assert BotSettings.read(WORK).admin_ids == frozenset()
    assert BotSettings.read(WORK | {"ADMIN_IDS": "501, 502"}).admin_ids == frozenset({501, 502})


def test_roles_of_operators() -> None:
    """Each further operator has one role, and there is a sum that one may give alone; nonsense stops the process."""
    both = {"ADMIN_ROLES": "503:viewer, 504:finance", "ADMIN_ALONE_CREDITS_MAX": "0"}
    roles = {503: "viewer", 504: "finance"}
    assert BotSettings.read(WORK | both).admin_roles == roles
    told = ApiSettings.read(API | both)
    assert (told.admin_roles, told.alone_credits_max) == (roles, 0)
    plain = ApiSettings.read(API)
    assert (plain.admin_roles, plain.alone_credits_max) == ({}, ADMIN_ALONE_CREDITS_MAX)
    for value in ("503", "503:owner", "503:viewer,503:admin", "-1:viewer", "503:viewer,", "ann:admin"):
        with pytest.raises(SettingsError, match="ADMIN_ROLES"):
            BotSettings.read(WORK | {"ADMIN_ROLES": value})
    for value in ("-1", "x", "1.5", "9" * 7):
        with pytest.raises(SettingsError, match="ADMIN_ALONE_CREDITS_MAX"):
            ApiSettings.read(API | {"ADMIN_ALONE_CREDITS_MAX": value})
