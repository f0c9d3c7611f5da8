"""What `releases` needs on one machine: whom it believes, and the key of the App that starts workflows."""

import base64
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from infra.local.github.repository import OWNER_AND_NAME, REPOSITORY_ID
from infra.local.options import LOCAL_RELEASE_TOKEN, LOCAL_RELEASE_USERNAME

JWKS_PATH = "/.well-known/jwks.json"
SERVED = "v1.0.0"
"""The release that production serves at the start."""
CLIENT_ID, INSTALLATION_ID = "Iv1.local0000000000", "8700"


@cache
def make_app_key() -> rsa.RSAPrivateKey:
    """The key of the App that may start workflows: made once per process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def write_private_key() -> str:
    """In PEM, as the function takes it."""
    return make_app_key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


def write_public_key() -> str:
    """In PEM."""
    return make_app_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def write_key_argument() -> str:
    """The public key as an argument of the local GitHub: base64 of its PEM."""
    return base64.b64encode(write_public_key().encode()).decode()


def believe_github(urls: Mapping[str, str]) -> dict[str, str]:
    """The settings of `releases` where the local GitHub runs, and the second bot of the local Telegram."""
    return {
        "GITHUB_OIDC_ISSUER": urls["github"],
        "GITHUB_OIDC_JWKS_URL": f"{urls['github']}{JWKS_PATH}",
        "GITHUB_REPOSITORY_ID": REPOSITORY_ID,
        "GITHUB_REPOSITORY": OWNER_AND_NAME,
        "GITHUB_API_URL": urls["github"],
        "GITHUB_APP_CLIENT_ID": CLIENT_ID,
        "GITHUB_APP_INSTALLATION_ID": INSTALLATION_ID,
        "RELEASE_APP_KEY": write_private_key(),
        "RELEASE_BOT_TOKEN": LOCAL_RELEASE_TOKEN,
        "TELEGRAM_API_BASE_URL": urls["release_telegram"],
    }


def believe_nobody(urls: Mapping[str, str]) -> dict[str, str]:
    """The settings of `releases` without a local GitHub: the local Tasks server in its place, whose tokens name no
    repository, so that nobody is a workflow.
    """
    keys = urls["tasks_http"]
    return {
        "GITHUB_OIDC_ISSUER": keys,
        "GITHUB_OIDC_JWKS_URL": f"{keys}{JWKS_PATH}",
        "GITHUB_REPOSITORY_ID": "1",
    }


def list_github_arguments(urls: Mapping[str, str], pace_seconds: float) -> list[str]:
    """The command line of the local GitHub."""
    places = [f"--releases-url={urls['releases']}", f"--bot-url={urls['release_telegram']}"]
    return [
        *places,
        f"--app-key={write_key_argument()}",
        f"--pace-seconds={pace_seconds}",
        f"--served={SERVED}",
        "--log",
    ]


def list_second_bot(urls: Mapping[str, str]) -> list[str]:
    """The release bot at the local Telegram: a port of its own, and a page that the first one leads to."""
    return [
        f"--second-token={LOCAL_RELEASE_TOKEN}",
        f"--second-username={LOCAL_RELEASE_USERNAME}",
        f"--second-port={urlsplit(urls['release_telegram']).port}",
        f"--second-webhook-url={urls['releases']}/api/tg-bot/update",
        f"--link=Local GitHub={urls['github']}",
    ]
