"""Authenticating GitHub's workflows: verifying the OpenID Connect token that a job asks for itself.

The claims: https://docs.github.com/en/actions/reference/security/oidc
"""

from shared.adapters.oidc import KeySet, read_token
from shared.errors import ForbiddenError, UnauthenticatedError
from shared.releases.release_documents import TOKENS_KEPT
from shared.releases.workflow import Claims

TEXTS = ("repository", "ref", "job_workflow_ref", "run_id", "actor", "actor_id", "jti")
REQUIRED_CLAIMS = ("iss", "aud", "exp", "iat", "repository_id", *TEXTS)


class GitHubTokens:
    """Implements TokenReader for one repository. A fork, or a new repository of the same name, has another id."""

    def __init__(self, issuer: str, jwks_url: str, audience: str, repository_id: str) -> None:
        if not (issuer and audience and repository_id):
            raise ValueError("issuer, audience and repository_id must be given: an empty one would accept too much")
        self._issuer, self._audience, self._repository_id = issuer, audience, repository_id
        self._keys = KeySet(jwks_url)

    async def read(self, authorization_header: str | None) -> Claims:
        try:
            claims = await read_token(self._keys, authorization_header, self._audience, REQUIRED_CLAIMS)
        except ForbiddenError as error:
            raise UnauthenticatedError(str(error)) from None
        texts = {name: claims[name] for name in TEXTS} | {"environment": claims.get("environment", "")}
        if claims["iss"] != self._issuer or not all(isinstance(text, str) for text in texts.values()):
            raise UnauthenticatedError("another issuer, or claims that it does not make")
        if claims["exp"] - claims["iat"] >= TOKENS_KEPT.total_seconds():
            raise UnauthenticatedError("valid for longer than used tokens are remembered")
        if claims["repository_id"] != self._repository_id:
            raise ForbiddenError("another repository")
        return Claims(**texts)
