"""The lines of an environment's Terraform that say which database the functions use."""

import json
import re
from dataclasses import dataclass

from infra.deploy.firestore_admin import INDEXES, FirestoreAdmin, name_index

DEFAULT = "(default)"
ANCHOR = re.compile(r"^( *)firestore_location = .*\n", re.MULTILINE)
DATABASE = re.compile(r'^ *firestore_database *= *"([^"]+)"\n', re.MULTILINE)
KEPT = re.compile(r"^ *firestore_kept *= *(\[.*\])\n", re.MULTILINE)


@dataclass(frozen=True)
class Switch:
    """Which database is used, and which stay beside it."""

    database: str
    kept: tuple[str, ...] = ()


def read_switch(text: str) -> Switch:
    """What a main.tf says; the default where it says nothing."""
    database, kept = DATABASE.search(text), KEPT.search(text)
    return Switch(database[1] if database else DEFAULT, tuple(json.loads(kept[1])) if kept else ())


def write_values(text: str, switch: Switch) -> str:
    """The main.tf with these two lines, below `firestore_location`."""
    without = KEPT.sub("", DATABASE.sub("", text))
    kept = json.dumps(list(switch.kept))
    lines = rf'\g<0>\g<1>firestore_database = "{switch.database}"' + "\n" + rf"\g<1>firestore_kept     = {kept}" + "\n"
    return ANCHOR.sub(lines, without, count=1)


def list_imports(admin: FirestoreAdmin, project: str, database: str) -> dict[str, str]:
    """What exists already and Terraform has to take over: address → id. An index that we do not declare is left out."""
    module = f'module.product.module.firestore["{database}"]'
    found = {f"{module}.google_firestore_database.this": f"projects/{project}/databases/{database}"}
    declared = {
        name_index(each["collectionGroup"], each["fields"]) for each in json.loads(INDEXES.read_text())["indexes"]
    }
    for index in admin.list_indexes(database):
        name = name_index(str(index["name"]).split("/")[-3], index["fields"])
        if name in declared:
            found[f'{module}.google_firestore_index.this["{name}"]'] = str(index["name"])
    return found


def write_imports(imports: dict[str, str]) -> str:
    """Terraform's blocks for them. Once applied, the file may go: what was imported stays in the state."""
    blocks = (f'import {{\n  to = {address}\n  id = "{name}"\n}}\n' for address, name in imports.items())
    return "# Written by switch-over; remove it once it is applied.\n\n" + "\n".join(blocks)
