"""The page /api/docs: the OpenAPI document as HTML. It has no script, and loads nothing. Pure."""

import hashlib
import json
from base64 import b64encode
from html import escape
from typing import Any

from shared.rest.first_calls import write_first_calls

Json = dict[str, Any]
STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:46rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
h2{font-size:1.05rem;margin:2rem 0 .25rem}
code,pre{font:.875rem/1.45 ui-monospace,monospace}
pre{padding:.75rem;border-radius:.5rem;background:#8882;white-space:pre-wrap;margin:.25rem 0}
b{display:inline-block;min-width:3.2rem}
b.get{color:light-dark(#06603a,#5fd49c)}
b.post,b.put{color:light-dark(#8a4b00,#f0b35a)}
b.delete{color:light-dark(#a01d1d,#ff9d94)}
table{border-collapse:collapse;width:100%}
th{white-space:nowrap}
td,th{text-align:start;vertical-align:top;padding:.25rem .5rem .25rem 0;border-bottom:1px solid #8884}
summary{cursor:pointer;padding:.4rem 0}
"""
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The page's own style, and nothing else."""


def draw_docs(document: Json) -> str:
    """The whole page."""
    info, schemas = document["info"], document["components"]["schemas"]
    paragraphs = "".join(f"<p>{_mark(each)}</p>" for each in info["description"].split("\n\n"))
    base = document["servers"][0]["url"]
    operations = "".join(
        _draw_operation(base, path, method, operation, schemas)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    events = "".join(
        f"<h2><code>{escape(name)}</code></h2><p>{_mark(each['post']['summary'])}</p>"
        f"{_draw_json(each['post']['requestBody']['content']['application/json']['example'])}"
        for name, each in document["webhooks"].items()
    )
    title = f"{escape(info['title'])}: API"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f'<body><main><h1>{title}</h1>{paragraphs}<p><a href="/api/openapi.json">OpenAPI 3.1, as JSON</a></p>'
        f"<h2>First calls</h2><pre>{escape(write_first_calls())}</pre>{operations}"
        f"<h1>What a webhook is sent</h1>{events}</main></body></html>"
    )


def _draw_operation(base: str, path: str, method: str, operation: Json, schemas: Json) -> str:
    parts = [f'<h2><b class="{method}">{method.upper()}</b> <code>{escape(base + path)}</code></h2>']
    parts.append(f"<p>{_mark(operation['summary'])}. {_mark(operation['description'])}</p>")
    given = [(each["name"], each["schema"], each.get("description", "")) for each in operation["parameters"]]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        fields = schemas[body["schema"]["$ref"].rpartition("/")[2]]
        given += [(name, each, each.get("description", "")) for name, each in fields["properties"].items()]
        parts.append(f"<p>Sent:</p>{_draw_json(body['example'])}")
    if given:
        parts.append(f"<details><summary>Fields</summary><table>{''.join(map(_draw_field, given))}</table></details>")
    statuses = operation["responses"]
    good = next(each for status, each in statuses.items() if status.startswith("2"))
    parts.append(f"<p>Answered:</p>{_draw_json(good['content']['application/json']['example'])}")
    rows = "".join(
        f"<tr><th>{status}</th><td>{_mark(each['description'])}</td></tr>" for status, each in statuses.items()
    )
    return f"<section>{''.join(parts)}<details><summary>Statuses</summary><table>{rows}</table></details></section>"


def _draw_field(field: tuple[str, Json, str]) -> str:
    name, schema, description = field
    allowed = ", ".join(f"`{each}`" for each in schema.get("enum", ())) or str(schema["type"])
    default = f" Default: `{schema['default']}`." if "default" in schema else ""
    return f"<tr><th><code>{escape(name)}</code></th><td>{_mark(f'{allowed}. {description}{default}')}</td></tr>"


def _draw_json(value: Json) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"


def _mark(text: str) -> str:
    """A text in which backticks mark code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if odd % 2 else part for odd, part in enumerate(parts))
