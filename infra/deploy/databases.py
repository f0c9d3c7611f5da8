"""Another database than the one that serves, after a restore: chats are never divided between two."""

from google.cloud.run_v2 import Revision

from infra.deploy.cloud_run import CloudRun
from infra.deploy.context import Context
from infra.deploy.deployment import Deployment
from infra.deploy.errors import RefusedError
from infra.deploy.record import Record

BOT, DATABASE = "bot", "FIRESTORE_DATABASE"
SWITCH_OVER = "nobody may write meanwhile: docs/runbooks/restore.md"


def refuse_stages(context: Context, *, is_rollout: bool) -> bool:
    """False: a person's apply switches to another database at once. Raises RefusedError for a rollout."""
    if is_rollout:
        raise RefusedError(f"stages would have two databases written at once; {SWITCH_OVER}")
    context.say(f"another database: it is switched to at once; {SWITCH_OVER}")
    return False


def uses_other_database(deployment: Deployment, record: Record, cloud_run: CloudRun) -> bool:
    """Whether this would use another database than the stable release does: after a restore."""
    bot = deployment.functions[BOT]
    stable = cloud_run.read_revision(bot.service, record.stable.revision(bot.service)) if record.stable else None
    return stable is not None and read_database(stable) != bot.env.get(DATABASE)


def read_database(bot: Revision) -> str | None:
    """The database that a revision of the bot uses; None if it names none."""
    return {each.name: each.value for each in bot.containers[0].env}.get(DATABASE)
