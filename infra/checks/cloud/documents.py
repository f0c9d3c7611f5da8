"""Firestore: the collections, indexes and expiry of infra/firestore.indexes.json against the code and Terraform.

tests/infra/test_structure.py checks that the declared indexes cover the code's queries.
"""

from collections.abc import Iterator
from typing import Any

from infra.checks.cloud.state import Cloud, Resource

NAME = "__name__"
"""Firestore appends it to every composite index."""


def find_collection_faults(indexes: dict[str, Any], collections: frozenset[str]) -> Iterator[str]:
    """Each collection of the code has entries, and no other collection has."""
    entries = [*indexes["indexes"], *indexes["fieldOverrides"]]
    named = {entry["collectionGroup"] for entry in entries}
    yield from (f"collection {name}: not in infra/firestore.indexes.json" for name in sorted(collections - named))
    yield from (f"collection {name}: not used by the code" for name in sorted(named - collections))


def find_index_faults(cloud: Cloud, indexes: dict[str, Any]) -> Iterator[str]:
    """The state holds exactly the declared composite indexes, field overrides and TTL policies."""
    yield from _compare(
        "index",
        {_name_declared_index(each) for each in indexes["indexes"]},
        {_name_index(each) for each in cloud.of("google_firestore_index")},
    )
    yield from _compare(
        "field",
        {_name_declared_field(each) for each in indexes["fieldOverrides"]},
        {_name_field(each) for each in cloud.of("google_firestore_field")},
    )


def _compare(kind: str, declared: set[str], made: set[str]) -> Iterator[str]:
    yield from (f"{kind} {name}: declared, not made by Terraform" for name in sorted(declared - made))
    yield from (f"{kind} {name}: made by Terraform, not declared" for name in sorted(made - declared))


def _name_declared_index(entry: dict[str, Any]) -> str:
    return _write_index(entry["collectionGroup"], entry.get("queryScope"), "fieldPath", "arrayConfig", entry["fields"])


def _name_index(resource: Resource) -> str:
    collection, scope = resource.values["collection"], resource.values.get("query_scope")
    return _write_index(collection, scope, "field_path", "array_config", resource.values["fields"])


def _write_index(collection: str, scope: str | None, path: str, array: str, fields: list[dict[str, Any]]) -> str:
    parts = [f"{each[path]} {each.get('order') or each.get(array)}" for each in fields if each[path] != NAME]
    return f"{collection} ({', '.join(parts)}) {scope or 'COLLECTION'}"


def _name_declared_field(entry: dict[str, Any]) -> str:
    return _write_field(entry["collectionGroup"], entry["fieldPath"], bool(entry.get("ttl")), len(entry["indexes"]))


def _name_field(resource: Resource) -> str:
    """A `ttl_config {}` block is a TTL policy; an `index_config {}` without indexes disables single-field indexes."""
    values = resource.values
    if not values.get("index_config"):
        return f"{values['collection']}.{values['field']} with the default indexes"
    count = len(resource.blocks("index_config", "indexes"))
    return _write_field(values["collection"], values["field"], bool(values.get("ttl_config")), count)


def _write_field(collection: str, field: str, has_ttl: bool, indexes: int) -> str:  # noqa: FBT001 — a fact, not a fork
    return f"{collection}.{field}{', TTL' if has_ttl else ''}, {indexes or 'no'} single-field indexes"
