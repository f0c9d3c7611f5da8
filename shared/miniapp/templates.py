"""The templates of pages. Everything that a template inserts is escaped, unless it is a part of a page itself."""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import jinja2

from shared.miniapp.static_files import static_path
from shared.people.users import Language
from shared.texts import html_text, plain_text

FOLDER = Path(__file__).parent / "templates"


def render(name: str, language: Language, values: Mapping[str, Any] | None = None, folder: Path = FOLDER) -> str:
    """The HTML of a template in this folder.

    In it, `text("id", name=…)` is a text of this language, `marked("id")` one of a message with its markup, whose
    variables are escaped (`| safe`), and `static("app.css")` an address.
    """

    def text(message_id: str, **variables: str | int) -> str:
        return plain_text(language, message_id, **variables)

    known = {"text": text, "marked": partial(html_text, language), "static": static_path, "language": language}
    return _environment(folder).get_template(name).render({**(values or {}), **known})


@cache
def _environment(folder: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
