"""The templates of pages. Everything that a template inserts is escaped, unless it is a part of a page itself."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from shared.miniapp.static_files import static_path
from shared.people.users import Language
from shared.texts import plain_text

FOLDER = Path(__file__).parent / "templates"


def render(name: str, language: Language, values: Mapping[str, Any] | None = None) -> str:
    """A template's HTML. In it, `text("id", name=…)` is a text of this language and `static("app.css")` an address."""

    def text(message_id: str, **variables: str | int) -> str:
        return plain_text(language, message_id, **variables)

    return (
        _environment().get_template(name).render(dict(values or {}), text=text, static=static_path, language=language)
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
