"""Asking Google whether models are there, which costs nothing; of Veo the enterprise API, by the deployer's login."""

from collections.abc import Iterator

from google import genai
from google.genai import errors, types
from google.oauth2.credentials import Credentials

from infra.deploy.context import Context
from infra.deploy.deployment import Deployment
from infra.deploy.errors import RefusedError, UnreachableError
from infra.deploy.google_login import LOCAL_TOKEN, find_credentials
from shared.adapters.veo_location import LOCATION
from shared.credits.catalogue import list_rungs

CALL_MS_MAX = 20_000
GONE = frozenset({404, 410})
SWITCH, URL = "VEO_OFFERS", "GOOGLE_VERTEX_BASE_URL"
WAY_OUT = "set veo_offers = false in terraform/environments/{environment}/main.tf and apply"


def refuse_missing_veo(deployment: Deployment, context: Context) -> None:
    """Do nothing where Veo is off. Raises RefusedError if Google lacks one of its models, UnreachableError."""
    missing = list(find_missing_veo(deployment, context))
    if missing:
        way_out = WAY_OUT.format(environment=deployment.environment)
        raise RefusedError(f"{SWITCH} is on, and Google does not know {', '.join(missing)}: {way_out}")


def find_missing_veo(deployment: Deployment, context: Context) -> Iterator[str]:
    """The names of Veo's models that the enterprise API lacks; none where Veo is off. Raises UnreachableError."""
    if not any(function.env.get(SWITCH) == "on" for function in deployment.functions.values()):
        return
    with _open_enterprise(deployment.project, context) as client:
        for rung in list_rungs():
            if rung.provider == "veo" and not has_model(client, rung.id):
                yield rung.name


def has_model(client: genai.Client, model_id: str) -> bool:
    """Whether the API knows the model. Raises UnreachableError."""
    try:
        client.models.get(model=model_id)
    except errors.APIError as error:
        if error.code in GONE:
            return False
        raise UnreachableError(f"{model_id}: {error.code} {error.status}") from error
    except Exception as error:
        raise UnreachableError(f"{model_id}: {type(error).__name__}") from error
    return True


def _open_enterprise(project: str, context: Context) -> genai.Client:
    """A client where Veo is; a local server needs no login. Raises RefusedError without a login."""
    base_url = context.environment.get(URL) or None
    credentials = Credentials(LOCAL_TOKEN) if base_url else find_credentials()  # type: ignore[no-untyped-call]
    options = types.HttpOptions(base_url=base_url, timeout=CALL_MS_MAX)
    return genai.Client(
        enterprise=True, project=project, location=LOCATION, credentials=credentials, http_options=options
    )
