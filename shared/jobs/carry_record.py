"""A job's document inside its task, which saves the worker a read.

It is used only for the claim, whose commit has a precondition on the version. After a conflict the job is read.
"""

from datetime import datetime
from typing import Any

from shared.jobs.job_documents import job_key
from shared.ports import Record

_AT = "$at"
"""JSON has no times: `{"$at": "2026-11-29T05:54:00+00:00"}`."""


def write_record(record: Record) -> dict[str, Any]:
    """A document as JSON: `{"fields": …, "version": …}`."""
    return {"fields": _write(record.fields), "version": record.version}


def read_record(job_id: str, carried: object) -> Record | None:
    """The record that `write_record` wrote for this job; None if the task carries none."""
    if not isinstance(carried, dict) or not isinstance(carried.get("fields"), dict) or "version" not in carried:
        return None
    try:
        return Record(job_key(job_id), _read(carried["fields"]), carried["version"])
    except (TypeError, ValueError):
        return None


def _write(value: Any) -> Any:
    if isinstance(value, datetime):
        return {_AT: value.isoformat()}
    if isinstance(value, dict):
        return {name: _write(each) for name, each in value.items()}
    return [_write(each) for each in value] if isinstance(value, list) else value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value[_AT]) if value.keys() == {_AT} else {k: _read(v) for k, v in value.items()}
    return [_read(each) for each in value] if isinstance(value, list) else value
