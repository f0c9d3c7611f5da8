"""What neighbouring versions must agree on: the fields of documents and tasks, and what may stand in them.

Fields are described as `path: type`, with a "?" behind the type of one that readers can do without:

    jobs.state             one of canceled|delivered|…?
    jobs.request           object
    jobs.request.prompt    text
    jobs.attempts          list?
    jobs.attempts[].fence  number

What the kinds of work keep that came after pictures stands by itself: `jobs of answer.request.words`. No release that
does not know the kind reads it.
"""

import dataclasses
import json
import types
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from shared.codec import FLAT
from shared.conversations.conversation import Conversation
from shared.conversations.messages import Message
from shared.credits.ledger import Transfer
from shared.jobs.job import Job
from shared.people.users import User
from shared.pictures.draft import Draft
from shared.surfaces import SCREENS, SURFACES

Json = dict[str, Any]
KINDS: dict[str, type] = {
    "conversations": Conversation, "drafts": Draft, "jobs": Job, "messages": Message, "transfers": Transfer,
    "users": User,
}  # fmt: skip
_PICTURE = SCREENS["picture"]
PARTS: dict[type, dict[str, type]] = {
    Job: {"request": _PICTURE.request, "artefacts": _PICTURE.artefacts, "address": SURFACES["telegram"].address},
}
"""What stands in the fields whose dataclass is their kind's or their surface's."""
LATER_KINDS = ("answer", "transcript")
WORDS: dict[type, str] = {
    bool: "yes or no",
    int: "number",
    float: "number",
    str: "text",
    bytes: "bytes",
    datetime: "time",
    list: "list",
    dict: "object",
    type(None): "nothing",
}


def describe_fields() -> dict[str, str]:
    """Every field that today's code reads and writes, of the collections that have a dataclass."""
    fields = dict(item for name, kind in KINDS.items() for item in _describe_class(name, kind))
    for kind in LATER_KINDS:
        fields |= describe_kind(kind)
    return fields


def describe_kind(kind: str) -> dict[str, str]:
    """Every field that today's code reads and writes of this kind of work alone."""
    parts = SCREENS[kind].request, SCREENS[kind].artefacts
    fields: dict[str, str] = {}
    for path, part in zip((f"{_root_of(kind)}.request", _root_of(kind)), parts, strict=True):
        fields |= dict(_describe_class(path, part))
    return fields


def find_breaks(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """What of `new` a reader of `old`, or the other way round, would stumble over.

    Added optional fields are fine, and so is a collection or a kind of work that nobody knew.
    """
    known = {path.split(".")[0] for path in old}
    gone = [f"{path}: is gone" for path in old.keys() - new.keys()]
    both = old.keys() & new.keys()
    changed = [f"{path}: was {old[path]}, is {new[path]}" for path in both if _differs(old[path], new[path])]
    added = [
        f"{path}: is new, and documents without it cannot be read"
        for path in new.keys() - old.keys()
        if path.split(".")[0] in known
        if not new[path].endswith("?") and not _is_below_new(path, old, new)
    ]
    return sorted([*gone, *changed, *added])


def describe_documents(documents: Json) -> dict[str, set[str]]:
    """What stands in stored documents: path → the kinds of values that were found there."""
    values = [(name, fields) for name, by_id in documents.items() for fields in by_id.values()]
    values += [
        (_root_of(fields["kind"]), fields)
        for fields in documents.get("jobs", {}).values()
        if fields.get("kind") in LATER_KINDS
    ]
    return _describe_values(values)


def describe_tasks(tasks: Iterable[Json]) -> dict[str, set[str]]:
    """The same for tasks; what an update holds is Telegram's affair."""
    values = []
    for task in tasks:
        name = f"{task['queue']} {task['path']}"
        body = "an update" if name == "bot /" else json.loads(task["body"])
        values.append((name, {"body": body, "headers": task["headers"]}))
    return _describe_values(values)


def find_changes(old: dict[str, set[str]], new: dict[str, set[str]]) -> list[str]:
    """Where the same path now holds something else.

    What nobody writes any more counts too, but not for the collections of KINDS: `find_breaks` knows their fields.
    """
    gone = [f"{path}: is gone" for path in old.keys() - new.keys() if path.split(".")[0] not in KINDS]
    changed = [
        f"{path}: was {sorted(old[path])}, is {sorted(new[path])}"
        for path in old.keys() & new.keys()
        if old[path] != {"nothing"} and new[path] - old[path] - {"nothing"}
    ]
    return sorted([*gone, *changed])


def _root_of(kind: str) -> str:
    return f"jobs of {kind}"


def _describe_class(path: str, kind: Any) -> Iterator[tuple[str, str]]:
    hints = get_type_hints(kind) | PARTS.get(kind, {})
    for each in dataclasses.fields(kind):
        if each.metadata == FLAT:
            yield from _describe_class(path, hints[each.name])
            continue
        optional = each.default is not dataclasses.MISSING or each.default_factory is not dataclasses.MISSING
        yield from _describe_hint(f"{path}.{each.name}", hints[each.name], "?" if optional else "")


def _describe_hint(path: str, hint: Any, mark: str) -> Iterator[tuple[str, str]]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union}:
        [inner] = [argument for argument in arguments if argument is not type(None)]
        yield from _describe_hint(path, inner, f" or nothing{mark}")
    elif origin is tuple:
        yield path, f"list{mark}"
        yield from _describe_hint(f"{path}[]", arguments[0], "")
    elif origin is dict:
        yield path, f"map{mark}"
        yield from _describe_hint(f"{path}{{}}", arguments[1], "")
    elif origin is Literal:
        yield path, f"one of {'|'.join(sorted(arguments))}{mark}"
    elif dataclasses.is_dataclass(hint):
        yield path, f"object{mark}"
        yield from _describe_class(path, hint)
    elif issubclass(hint, StrEnum):
        yield path, f"one of {'|'.join(sorted(hint))}{mark}"
    else:
        yield path, f"{WORDS[hint]}{mark}"


def _differs(old: str, new: str) -> bool:
    """Whether the type is another one, or what could be left out no longer can."""
    return old.removesuffix("?") != new.removesuffix("?") or (old.endswith("?") and not new.endswith("?"))


def _is_below_new(path: str, old: dict[str, str], new: dict[str, str]) -> bool:
    """Whether a field belongs to an object that is new itself."""
    parents = [path[:at] for at in range(len(path)) if path[at] in ".[{"]
    return any(parent in new and parent not in old for parent in parents)


def _describe_values(values: Iterable[tuple[str, Any]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    waiting = list(values)
    while waiting:
        path, value = waiting.pop()
        found[path].add(next(word for kind, word in WORDS.items() if isinstance(value, kind)))
        if isinstance(value, dict):
            waiting += [(f"{path}.{name}", item) for name, item in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}[]", item) for item in value]
    return dict(found)
