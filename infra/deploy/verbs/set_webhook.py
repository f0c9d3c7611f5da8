"""set-webhook: set Telegram's webhook to this environment, and the command menus; the last step of an apply."""

import argparse

from infra.deploy.context import Context
from infra.deploy.deployment import load_deployment
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.errors import RefusedError
from infra.deploy.secret_values import read_secret
from infra.deploy.webhook_setting import Wanted, apply_webhook
from shared.errors import SettingsError
from shared.settings import TelegramSettings

HELP = "Point the bot's webhook at this environment, check that Telegram agrees, and set the command menus."
FUNCTION = "webhook"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    add_deployment_argument(parser)
    parser.add_argument(
        "--url", help="default: the webhook function's, from deployment.json; with it no Mini App is offered"
    )
    parser.add_argument("--replace", action="store_true", help="take the bot away from wherever its updates go now")


def run(args: argparse.Namespace, context: Context) -> int:
    """Token and secret come from TELEGRAM_BOT_TOKEN and TELEGRAM_WEBHOOK_SECRET, else from Secret Manager."""
    place = find_place(args, context)
    url, app_url = args.url, ""
    if not url:
        functions = load_deployment(context, place.project, args.deployment).functions
        url, app_url = functions[FUNCTION].url, functions["bot"].env.get("MINI_APP_URL", "")
    token = read_secret(context, "TELEGRAM_BOT_TOKEN", place.project, "telegram-bot-token")
    secret = read_secret(context, "TELEGRAM_WEBHOOK_SECRET", place.project, "telegram-webhook-secret")
    try:
        settings = TelegramSettings.read({**context.environment, "TELEGRAM_BOT_TOKEN": token})
    except SettingsError as error:
        raise RefusedError(str(error)) from error
    wanted = Wanted(f"{url.rstrip('/')}/", secret, app_url)
    apply_webhook(wanted, settings, context, replace=args.replace)
    return 0
