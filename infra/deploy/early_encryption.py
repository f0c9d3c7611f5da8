"""Words are encrypted only where the release before can read them: it serves beside the new one, and on a way back."""

from infra.deploy.cloud_run import CloudRun
from infra.deploy.databases import BOT
from infra.deploy.deployment import Deployment
from infra.deploy.errors import RefusedError
from infra.deploy.record import Record

SWITCH = "ENCRYPT_FIELDS"
WAY_OUT = (
    "set encrypt_fields = false in terraform/environments/{environment}/main.tf, apply, and release this version first"
)


def refuse_early_encryption(deployment: Deployment, record: Record, cloud_run: CloudRun) -> None:
    """Do nothing where words stay plain, or nobody is served yet.

    A release that reads what is encrypted has the switch among its variables, on or off. Raises RefusedError if the
    stable one has not, DeployError.
    """
    bot = deployment.functions[BOT]
    if bot.env.get(SWITCH) != "on" or record.stable is None:
        return
    stable = cloud_run.read_revision(bot.service, record.stable.revision(bot.service))
    if stable is not None and SWITCH not in {each.name for each in stable.containers[0].env}:
        way_out = WAY_OUT.format(environment=deployment.environment)
        raise RefusedError(f"{SWITCH} is on, and {record.stable.version}, which serves, cannot read it: {way_out}")
