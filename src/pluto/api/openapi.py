"""The route table as an OpenAPI 3.1 document."""

from collections.abc import Mapping, Sequence
from typing import Final

from pluto import __version__
from pluto.api.routes import Route
from pluto.model.json_value import Json, JsonObject

_TAGS: Final = ("devices", "presets", "prometheus")


def openapi(routes: Sequence[Route]) -> JsonObject:
    """Return the document of *routes*; each row of the table is an operation, nothing is written twice."""
    paths: dict[str, Json] = {}
    for route in routes:
        operations = paths.setdefault(route.path, {})
        if isinstance(operations, dict):
            operations[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pluto",
            "version": __version__,
            "summary": "Manage a fleet of open-source Bitcoin miners",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": {"Error": _ERROR}},
    }


_ERROR: Final[JsonObject] = {
    "type": "object",
    "properties": {"error": {"type": "string", "description": "a sentence a person can act on"}},
}


def _operation(route: Route) -> JsonObject:
    operation: JsonObject = {
        "summary": route.summary,
        "operationId": f"{route.method.lower()}_{_identifier(route.path)}",
        "tags": [_tag(route.path)],
        "responses": _responses(route),
    }
    if parameters := [*_in_path(route), *_in_query(route.query)]:
        operation["parameters"] = parameters
    if route.body:
        operation["requestBody"] = {"required": False, "content": {"application/json": {"schema": _body(route.body)}}}
    return operation


def _responses(route: Route) -> JsonObject:
    good: JsonObject = {"description": "done", "content": {route.answer_type: {"schema": {}}}}
    error: JsonObject = {
        "description": "refused or failed; `error` or `message` says why",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    return {"200": good, "4XX": error, "5XX": error}


def _in_path(route: Route) -> list[Json]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in route.parameters]


def _in_query(query: Mapping[str, str]) -> list[Json]:
    return [{"name": name, "in": "query", "description": text, "schema": {"type": "string"}} for name, text in query.items()]


def _body(members: Mapping[str, str]) -> JsonObject:
    return {"type": "object", "properties": {name: {"description": text} for name, text in members.items()}}


def _identifier(path: str) -> str:
    return "_".join(word.strip("{}.").replace(".", "_") for word in path.split("/") if word) or "index"


def _tag(path: str) -> str:
    first = path.split("/")[1]
    return first if first in _TAGS else "pluto"
