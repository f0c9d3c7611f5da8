"""The parts of the local system as commands, with their arguments, environments and readiness checks."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.functions import FUNCTIONS, QUEUE_NAMES, QUEUES, Function
from infra.local import firestore
from infra.local.cards.invoices import LAVA_KEY, YOOKASSA_KEY
from infra.local.options import (
    LOCAL_ADMIN_ID,
    LOCAL_CONTACT,
    LOCAL_FAL_KEY,
    LOCAL_GEMINI_KEY,
    LOCAL_LAVA_WEBHOOK_KEY,
    LOCAL_SUPPORT,
    LOCAL_TOKEN,
    LOCAL_USERNAME,
    SCHEDULER,
    SERVERS,
    TELEGRAM_API,
    Options,
)
from infra.local.ports import HOST
from infra.local.processes import ROOT, Part
from infra.local.releasing import JWKS_PATH, believe_github, believe_nobody, list_github_arguments, list_second_bot
from infra.local.telegram.signing import PUBLIC_KEY
from shared.credits.catalogue import PACKAGES, PLANS
from shared.credits.purchases import STARS, Plan

PYTHON = sys.executable
DASHBOARDS = "https://console.cloud.google.com/monitoring/dashboards?project="
FUNCTIONS_FRAMEWORK = str(Path(PYTHON).parent / "functions-framework")
TITLES = {
    "firestore": "Firestore emulator",
    "storage": "storage emulator",
    "tasks": "Cloud Tasks",
    "gemini": "local Gemini",
    "fal": "local fal",
    "cards": "local lava.top and YooKassa",
    "github": "local GitHub",
    "telemetry": "traces and metrics",
    "telegram": "local Telegram",
}
# Pictures are large and short-lived: glibc gives them back to the system instead of keeping them (as in the image).
ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1000000"}
# Not inherited: a developer's cloud settings, and variables that would slow or change a function.
OUR_VARIABLES = (
    *("TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "ORDER_SIGNING_KEY", "TELEGRAM_API_BASE_URL"),
    *(
        "SESSION_SIGNING_KEY",
        "ERASURE_KEY",
        "ENCRYPTION_KEY",
        "ENCRYPT_FIELDS",
        "TELEGRAM_BOT_ID",
        "TELEGRAM_BOT_USERNAME",
        "TELEGRAM_PUBLIC_KEY",
        "TELEGRAM_WEB_URL",
        "MINI_APP_URL",
        "ADMIN_IDS",
        "ADMIN_URL",
        "ADMIN_ROLES",
        "ADMIN_ALONE_CREDITS_MAX",
        "LOOPBACK_WEBHOOKS",
        "NOTICE_BOT_TOKEN",
        "NOTICE_CHAT_ID",
    ),
    *("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL"),
    *("TRANSCODER_BASE_URL", "NOTICES_URL", "GEMINI_JWKS_URL", "FAL_JWKS_URL"),
    *("FAL_KEY", "FAL_OFFERS", "FAL_BASE_URL", "VEO_OFFERS", "SUPPORT_CONTACT"),
    *("SUPPORT_CHAT_ID",),
    *("LAVA_API_KEY", "LAVA_OFFERS", "LAVA_BASE_URL", "LAVA_WEBHOOK_KEY", "YOOKASSA_SHOP_ID", "YOOKASSA_SECRET_KEY"),
    *("YOOKASSA_BASE_URL", "YOOKASSA_NETWORKS", "YOOKASSA_VAT_CODE"),
    *("GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION", "GOOGLE_APPLICATION_CREDENTIALS"),
    *("FIRESTORE_EMULATOR_HOST", "STORAGE_EMULATOR_HOST", "CLOUD_TASKS_EMULATOR_HOST"),
    *(*(f"{queue.upper()}_TASK_URL" for queue in QUEUES), "CANDIDATE_BOT_URL", "CANDIDATE_PERCENT", "STAFF_CHAT_IDS"),
    *("GITHUB_REPOSITORY_ID", "GITHUB_OIDC_ISSUER", "GITHUB_OIDC_JWKS_URL", "RELEASE_WEBHOOK_SECRET"),
    *("RELEASE_TASKS_ACCOUNT", "RELEASE_DATABASE", "RELEASE_BOT_TOKEN", "RELEASE_APP_KEY", "GITHUB_API_URL"),
    *("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_SAMPLER_ARG", "DEPLOYMENT_ENVIRONMENT"),
    *("SENTRY_DSN", "SLACK_WEBHOOK_URL", "ANALYTICS", "ANALYTICS_DSN"),
    *("GITHUB_REPOSITORY", "GITHUB_APP_CLIENT_ID", "GITHUB_APP_INSTALLATION_ID", "STAGING_BOT_USERNAME"),
    *("FUNCTION_TARGET", "FUNCTION_SOURCE", "FUNCTION_SIGNATURE_TYPE", "PORT", "HOST", "WORKERS", "DEBUG"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONPATH"),
)


def list_parts(options: Options) -> list[Part]:
    """The processes to start, the slowest first. Raises MissingToolError when a program is not installed."""
    chosen = [name for name in (*SERVERS, *FUNCTIONS) if name in find_started(options)]
    return [
        describe_function(options, name) if name in FUNCTIONS else describe_server(options, name) for name in chosen
    ]


def find_started(options: Options) -> frozenset[str]:
    """The parts to start here: without those that the options replace by a running one."""
    elsewhere = {
        "firestore": options.firestore_host,
        "storage": options.storage_url,
        "telegram": options.telegram_token or options.telegram_api,
        "gemini": options.gemini_key,
        "fal": options.fal_key or not options.second_provider,
        "cards": options.telegram_token or not options.cards,
        "github": options.telegram_token or not options.releases,
        "telemetry": not options.telemetry,
    }
    return options.parts - {name for name, there in elsewhere.items() if there} - {SCHEDULER}


def find_urls(options: Options) -> dict[str, str]:
    """Where each part is reached; Firestore and the Tasks API as `host:port`."""
    here = {name: f"http://{HOST}:{port}" for name, port in options.ports.items()}
    telegram = options.telegram_api or (TELEGRAM_API if options.telegram_token else here["telegram"])
    return here | {
        "firestore": options.firestore_host or f"{HOST}:{options.ports['firestore']}",
        "storage": options.storage_url or here["storage"],
        "tasks": f"{HOST}:{options.ports['tasks']}",
        "telegram": telegram.rstrip("/"),
    }


def describe_server(options: Options, name: str) -> Part:
    """One of the servers that stand for the cloud, Telegram and Gemini."""
    port = options.ports[name]
    if name == "firestore":
        command = firestore.emulator_command(port)
    else:
        command = [PYTHON, "-m", f"infra.local.{name}", f"--port={port}", *list_arguments(options, name)]
    return Part(
        name,
        (*options.wrappers.get(name, ()), *command, *options.arguments.get(name, ())),
        port,
        environment=inherit_environment(),
        ready_url=f"http://{HOST}:{port}/" if name == "firestore" else None,
        title=TITLES[name],
    )


def list_arguments(options: Options, name: str) -> list[str]:
    """The command line arguments of one of our servers; they never contain a secret."""
    urls = find_urls(options)
    if name == "storage":
        return [f"--bucket={options.bucket}"]
    if name == "telemetry":
        return []
    if name == "gemini":
        pace = f"--text-pace={options.gemini_text_pace}"
        videos = f"--video-seconds={options.gemini_video_seconds}"
        storage = f"--storage-url={urls['storage']}"
        return [f"--latency-seconds={options.gemini_latency_seconds}", pace, videos, storage, "--log"]
    if name == "fal":
        videos = f"--video-seconds={options.gemini_video_seconds}"
        return [f"--latency-seconds={options.gemini_latency_seconds}", videos, "--log"]
    if name == "cards":
        offers = (f"--offer={each}" for each in list_offers().values())
        return [*offers, f"--hooks-url={urls['payments']}", f"--lava-webhook-key={LOCAL_LAVA_WEBHOOK_KEY}", "--log"]
    if name == "github":
        return list_github_arguments(urls, options.release_pace_seconds)
    if name == "tasks":
        queues = f"projects/{options.project}/locations/{options.location}/queues"
        return [
            f"--http-port={options.ports['tasks_http']}",
            *(f"--queue={queues}/{queue}" for queue in options.queues),
        ]
    bot = [f"--token={LOCAL_TOKEN}", f"--username={LOCAL_USERNAME}"]
    webhook = [f"--webhook-url={urls['webhook']}/", f"--secret={options.webhook_secret}"]
    support = [f"--forum={LOCAL_SUPPORT}=Support", f"--link=Support={urls['telegram']}/?chat={LOCAL_SUPPORT}"]
    return [*bot, *webhook, *support, *(list_second_bot(urls) if "github" in find_started(options) else []), "--log"]


def describe_function(options: Options, name: str) -> Part:
    """A function under functions-framework, exactly as its container starts it."""
    port = options.ports[name]
    source = options.functions_folder / name / "main.py"
    listen = (f"--host={HOST}", f"--port={port}")
    command = (FUNCTIONS_FRAMEWORK, f"--target={name}", f"--source={source}", "--asgi", *listen)
    return Part(
        name,
        (*options.wrappers.get(name, ()), *command),
        port,
        environment=inherit_environment() | list_settings(options, name),
        ready_url=f"http://{HOST}:{port}/health",
        title=f"function {name}",
    )


def list_settings(options: Options, name: str) -> dict[str, str]:
    """A function's environment: each gets the secrets it needs and no other."""
    urls, function = find_urls(options), FUNCTIONS[name]
    secrets = {
        "TELEGRAM_WEBHOOK_SECRET": options.webhook_secret,
        "TELEGRAM_BOT_TOKEN": options.telegram_token or LOCAL_TOKEN,
    }
    settings = {
        **list_addresses(options),
        "WORKERS": str(options.workers.get(name, 1)),
        **ALLOCATOR,
        "TASKS_SERVICE_ACCOUNT": name_caller(options, "bot"),
        **{f"{each.upper()}_URL": urls[each] for each in FUNCTIONS},
        # The updates of a real bot are fetched: no webhook of ours is to be asked about.
        **({"WEBHOOK_URL": ""} if options.telegram_token else {}),
        **{f"{each.upper()}_QUEUES": str(len(names)) for each, names in QUEUE_NAMES.items()},
        **{variable: secrets[variable] for variable in function.secrets},
        **(tell_operators() if "NOTICE_CHAT_ID" in function.env else {}),
        **(list_release_settings(options) if name == "releases" else {}),
        **({"OTEL_EXPORTER_OTLP_ENDPOINT": urls["telemetry"]} if "telemetry" in find_started(options) else {}),
    }
    if function.sells:
        settings["ORDER_SIGNING_KEY"] = options.order_key
    if function.remembers:
        settings["ERASURE_KEY"] = options.erasure_key
    if "ENCRYPTION_KEY" in function.env and options.encryption_key is not None:
        settings |= {"ENCRYPTION_KEY": str(options.encryption_key), "ENCRYPT_FIELDS": "on"}
    if function.signs_in:
        settings |= {**sign_people_in(options), "LOOPBACK_WEBHOOKS": "on"}
    if "MINI_APP_URL" in function.env and not options.telegram_token:  # Telegram opens https only
        settings["MINI_APP_URL"] = f"{urls['api']}/"
    if "ADMIN_IDS" in function.env:
        settings["ADMIN_IDS"] = str(LOCAL_ADMIN_ID)
    if "SUPPORT_CHAT_ID" in function.env and "telegram" in find_started(options):
        settings["SUPPORT_CHAT_ID"] = str(LOCAL_SUPPORT)
    if "SUPPORT_CONTACT" in function.env:
        settings["SUPPORT_CONTACT"] = LOCAL_CONTACT
    if not options.gemini_key and not options.fal_key:  # the local models charge nobody
        settings |= {variable: "100000" for variable in function.env if variable.startswith("SPEND_USD_PER_")}
    settings |= list_model_settings(options, function)
    settings |= list_card_settings(options, function)
    return settings | dict(options.environment.get("*", {})) | dict(options.environment.get(name, {}))


def list_model_settings(options: Options, function: Function) -> dict[str, str]:
    """What a function needs to ask the local models, or the real ones where there is a key."""
    urls, settings = find_urls(options), dict[str, str]()
    if function.model:
        settings["GEMINI_API_KEY"] = options.gemini_key or LOCAL_GEMINI_KEY
        if not options.gemini_key:
            settings["GOOGLE_GEMINI_BASE_URL"] = urls["gemini"]
    if function.transcodes and not options.gemini_key:
        settings["TRANSCODER_BASE_URL"] = urls["gemini"]
    if "NOTICES_URL" in function.env and not (options.gemini_key or options.fal_key):
        settings["NOTICES_URL"] = urls["payments"]  # real providers do not reach it
    if "video" in function.enqueues and not function.firestore:  # it takes the notices
        settings["GEMINI_JWKS_URL"] = f"{urls['gemini']}{JWKS_PATH}"
        settings |= {"FAL_JWKS_URL": f"{urls['fal']}{JWKS_PATH}"} if options.second_provider else {}
    if "FAL_OFFERS" in function.env and options.second_provider:
        settings["FAL_OFFERS"] = "on"
    if function.fal and options.second_provider:
        settings |= {"FAL_KEY": options.fal_key or LOCAL_FAL_KEY}
        settings |= {} if options.fal_key else {"FAL_BASE_URL": urls["fal"]}
    return settings


def tell_operators() -> dict[str, str]:
    """Where alarms and each day's numbers are told: the operators' group of the local Telegram."""
    return {"NOTICE_BOT_TOKEN": LOCAL_TOKEN, "NOTICE_CHAT_ID": str(LOCAL_SUPPORT)}


def list_release_settings(options: Options) -> dict[str, str]:
    """Whom `releases` believes as GitHub, as Telegram whoever has the secret of the local webhook, and as Tasks."""
    believe = believe_github if "github" in find_started(options) else believe_nobody
    own = {"RELEASE_TASKS_ACCOUNT": name_caller(options, "releases"), "RELEASE_WEBHOOK_SECRET": options.webhook_secret}
    return {**believe(find_urls(options)), **own}


def name_caller(options: Options, function: str) -> str:
    """The account with which Cloud Tasks and the scheduler call a function: `releases` has its own."""
    return f"{'release-tasks' if function == 'releases' else 'tasks'}@{options.project}.iam.gserviceaccount.com"


def sign_people_in(options: Options) -> dict[str, str]:
    """What the Mini App believes: what Telegram has signed, here with the local Telegram's own key pair; and the
    dashboard to which it shows operators the way.
    """
    token = options.telegram_token or LOCAL_TOKEN
    bot = {"TELEGRAM_BOT_ID": token.partition(":")[0], "TELEGRAM_BOT_USERNAME": LOCAL_USERNAME}
    dashboard = {"ADMIN_URL": f"{DASHBOARDS}{options.project}"}
    settings = {"SESSION_SIGNING_KEY": options.session_key, **bot, **dashboard}
    if options.telegram_token:
        return settings
    return settings | {"TELEGRAM_PUBLIC_KEY": PUBLIC_KEY, "TELEGRAM_WEB_URL": find_urls(options)["telegram"]}


def list_card_settings(options: Options, function: Function) -> dict[str, str]:
    """What a function needs to take cards by the local providers; each gets the secrets it needs and no other."""
    if "cards" not in find_started(options):
        return {}
    if not function.cards:  # the Mini App only tells in which currencies cards are taken
        offered = {"LAVA_OFFERS": _name_offers(), "YOOKASSA_SHOP_ID": YOOKASSA_KEY.partition(":")[0]}
        return {variable: value for variable, value in offered.items() if variable in function.env}
    url = find_urls(options)["cards"]
    shop_id, _, secret = YOOKASSA_KEY.partition(":")
    secrets = {
        "LAVA_API_KEY": LAVA_KEY,
        "LAVA_WEBHOOK_KEY": LOCAL_LAVA_WEBHOOK_KEY,
        "YOOKASSA_SECRET_KEY": secret,
    }
    wanted = {variable: secrets[variable] for each in function.cards.values() for variable in each}
    if "LAVA_API_KEY" not in wanted:
        return wanted | {"YOOKASSA_SHOP_ID": shop_id, "YOOKASSA_NETWORKS": f"{HOST}/32"}
    addresses = {"LAVA_BASE_URL": f"{url}/lava", "YOOKASSA_BASE_URL": f"{url}/yookassa/v3"}
    return wanted | addresses | {"LAVA_OFFERS": _name_offers(), "YOOKASSA_SHOP_ID": shop_id}


def _name_offers() -> str:
    """The local lava.top's offer for each package, as the functions take it."""
    return ",".join(f"{name}={offer.partition('=')[0]}" for name, offer in list_offers().items())


def list_offers() -> dict[str, str]:
    """Package or plan → the offer that the local lava.top has for it, as its command line takes it."""
    return {
        name: f"local-offer-{name}={sold.credits} credits="
        + ",".join(f"{currency}:{price}" for currency, price in sold.prices.items() if currency != STARS)
        + ("=MONTHLY" if isinstance(sold, Plan) else "")
        for name, sold in (PACKAGES | PLANS).items()
    }


def list_addresses(options: Options) -> dict[str, str]:
    """The addresses of the services, as environment variables for the functions and for tests."""
    urls = find_urls(options)
    return {
        "GOOGLE_CLOUD_PROJECT": options.project,
        "GOOGLE_CLOUD_LOCATION": options.location,
        "MEDIA_BUCKET": options.bucket,
        "FIRESTORE_EMULATOR_HOST": urls["firestore"],
        "STORAGE_EMULATOR_HOST": urls["storage"],
        "CLOUD_TASKS_EMULATOR_HOST": urls["tasks"],
        "TASKS_OIDC_ISSUER": urls["tasks_http"],
        "TASKS_OIDC_JWKS_URL": f"{urls['tasks_http']}/jwks",
        "TELEGRAM_API_BASE_URL": urls["telegram"],
    }


def inherit_environment() -> dict[str, str]:
    """The caller's environment without OUR_VARIABLES."""
    kept: Mapping[str, str] = {key: value for key, value in os.environ.items() if key not in OUR_VARIABLES}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
