"""Google Workflows: runs a workflow's YAML against local servers.

https://cloud.google.com/workflows/docs/reference/syntax and …/stdlib/overview. What is not below is refused, so a
workflow that needs more does not pass by accident. Time is the clock's, and a sleep moves it.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import yaml

from tests.cloud.clock import FakeClock

Json = dict[str, Any]
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda left, right: left in right,
}


class WorkflowError(Exception):
    """The execution failed: `raise`, an answer above 299, or something that Workflows does not know."""


@dataclass
class Workflows:
    """Executions of one workflow."""

    source: str
    environment: Mapping[str, str]
    """Its `user_env_vars`."""
    hosts: Mapping[str, str]
    """Google's host → a local server."""
    identity: str
    clock: FakeClock
    logged: list[Json] = field(default_factory=list)

    def execute(self) -> None:
        """Run `main` to its end. Raises WorkflowError."""
        self._run("main", {})

    def _run(self, name: str, given: Json) -> Any:
        workflow = yaml.safe_load(self.source)[name]
        if set(workflow.get("params", [])) != set(given):
            raise WorkflowError(f"{name} takes {workflow.get('params')}, not {sorted(given)}")
        steps = [next(iter(step.items())) for step in workflow["steps"]]
        names, variables, number = [step for step, _ in steps], dict(given), 0
        while number < len(steps):
            done = self._take(steps[number][1], variables)
            if "return" in done:
                return done["return"]
            number = names.index(done["next"]) if "next" in done else number + 1
        return None

    def _take(self, step: Json, variables: Json) -> Json:
        """One step; returns {"next": …} or {"return": …} where it says so."""
        for assigned in step.get("assign", []):
            [(name, value)] = assigned.items()
            variables[name] = self._value(value, variables)
        if "call" in step:
            result = self._call(step["call"], self._value(step.get("args", {}), variables))
            if "result" in step:
                variables[step["result"]] = result
        for case in step.get("switch", []):
            if self._value(case["condition"], variables):
                return self._end(case, variables)
        if unknown := set(step) - {"assign", "call", "args", "result", "switch", "next", "return", "raise"}:
            raise WorkflowError(f"a step has {sorted(unknown)}")
        return self._end(step, variables)

    def _end(self, step: Json, variables: Json) -> Json:
        if "raise" in step:
            raise WorkflowError(self._value(step["raise"], variables))
        return {name: self._value(step[name], variables) for name in ("next", "return") if name in step}

    # --- calls -------------------------------------------------------------------------------------------

    def _call(self, name: str, given: Json) -> Any:
        if name in {"http.get", "http.post"}:
            return self._ask(name.removeprefix("http.").upper(), given)
        if name == "sys.sleep":
            return self.clock.sleep(given["seconds"])
        if name == "sys.log":
            return self.logged.append({"severity": given["severity"], "jsonPayload": given["json"]})
        return self._run(name, given)

    def _ask(self, method: str, given: Json) -> Json:
        url = urlsplit(given["url"])
        if given["auth"] != {"type": "OAuth2"} or url.scheme != "https":
            raise WorkflowError(f"{url.netloc}: Google's APIs take an access token, over https")
        headers = {"Authorization": f"Bearer {self.identity}"}
        address = self.hosts[url.netloc] + url.path
        answer = httpx.request(method, address, headers=headers, params=given.get("query"), json=given.get("body"))
        if not answer.is_success:
            raise WorkflowError(f"{method} {url.path}: {answer.status_code} {answer.text}")
        return {"code": answer.status_code, "body": answer.json()}

    # --- expressions -------------------------------------------------------------------------------------

    def _value(self, written: Any, variables: Json) -> Any:
        if isinstance(written, dict):
            return {name: self._value(each, variables) for name, each in written.items()}
        if isinstance(written, str) and written.startswith("${") and written.endswith("}"):
            return self._evaluate(ast.parse(written[2:-1], mode="eval").body, variables)
        return written

    def _evaluate(self, node: ast.expr, variables: Json) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return {"true": True, "false": False, "null": None}[name] if name not in variables else variables[name]
            case ast.Attribute(value=of, attr=name):
                return self._evaluate(of, variables)[name]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._evaluate(left, variables) + self._evaluate(right, variables)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self._evaluate(operand, variables)
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return COMPARISONS[type(sign)](self._evaluate(left, variables), self._evaluate(right, variables))
            case ast.Call(func=function, args=given):
                return self._apply(ast.unparse(function), [self._evaluate(each, variables) for each in given])
        raise WorkflowError(f"no expression of Workflows: {ast.unparse(node)}")

    def _apply(self, name: str, given: list[Any]) -> Any:
        functions: dict[str, Callable[..., Any]] = {
            "sys.now": lambda: self.clock.now().timestamp(),
            "sys.get_env": lambda variable: self.environment[variable],
            "time.format": _format,
            "text.substring": lambda text, start, end: text[start:end],
            "map.get": lambda of, key: of.get(key),
            "default": lambda value, otherwise: otherwise if value is None else value,
        }
        if name not in functions:
            raise WorkflowError(f"no function of Workflows: {name}")
        return functions[name](*given)


def _format(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
