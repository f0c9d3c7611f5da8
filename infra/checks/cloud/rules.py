"""Applying every rule to an environment's state."""

from collections.abc import Iterator
from pathlib import Path

from infra.checks.cloud import admission, code, documents, functions, identities, protection, revisions, secrets
from infra.checks.cloud.state import Cloud
from infra.checks.findings import ROOT


def find_faults(cloud: Cloud, root: Path = ROOT) -> Iterator[str]:
    """One line per broken rule, without the environment's name."""
    security = (root / "docs/security.md").read_text(encoding="utf-8")
    indexes = code.read_indexes(root)
    yield from identities.find_matrix_faults(cloud, security)
    yield from identities.find_basic_roles(cloud)
    yield from identities.find_open_doors(cloud, identities.read_public(security))
    yield from identities.find_default_accounts(cloud)
    yield from identities.find_shared_accounts(cloud)
    yield from identities.find_loose_federation(cloud)
    yield from admission.find_admission_faults(cloud)
    yield from secrets.find_secret_values(cloud)
    yield from protection.find_unprotected(cloud)
    yield from protection.find_public_buckets(cloud)
    yield from functions.find_strangers(cloud, code.list_folders(root))
    yield from functions.find_variable_faults(cloud)
    yield from revisions.find_template_faults(cloud)
    yield from functions.find_queue_faults(cloud, code.list_deadlines(root))
    yield from functions.find_scheduler_faults(cloud)
    yield from functions.find_unwatched(cloud)
    yield from documents.find_collection_faults(indexes, code.list_collections(root))
    yield from documents.find_index_faults(cloud, indexes)
