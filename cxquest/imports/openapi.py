"""The description of the API in OpenAPI 3.1, made from the models that read its calls. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxquest.imports import bodies
from cxquest.imports.records import FeedbackRecord

PROBLEM = "application/problem+json"
MOST_KEY = 200
ONCE = r"^[!-~]+$"  # printable ASCII without spaces
REQUEST_ID = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
COUNTS = {
    "read": "How many records the call listed: created + updated + unchanged + rejected.",
    "created": "How many are new.",
    "updated": "How many say something else than before; what they said is kept.",
    "unchanged": "How many say what they said before.",
    "rejected": "How many were not kept; “errors” says why.",
}
REFUSED = {
    "400": "The body is no JSON in UTF-8, or the Idempotency-Key is no key.",
    "403": "The key is in force, and for something else.",
    "409": "A call with this Idempotency-Key is going on, or somebody else just changed the same "
    "records. Nothing was kept; send the same again.",
    "413": f"The body is larger than {bodies.MOST_BYTES // 1024 // 1024} MiB.",
    "415": "The body is not sent as application/json, or it is compressed.",
    "422": "Nothing was kept: no record fits, the body is no call, or the Idempotency-Key came "
    "with another body in the last 7 days.",
    "500": "Something broke on our side. Nothing was kept.",
}


@dataclass(frozen=True)
class Part:
    """What a higher room adds to the description: its paths and the schemas of their bodies."""

    paths: dict[str, Any]
    schemas: dict[str, Any]


parts: dict[str, Part] = {}


def description(version: str) -> dict[str, Any]:
    """Return the whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CXQuest",
            "version": version,
            "summary": "Bring what customers say, and readings of metrics, from other programs.",
            "description": "A key belongs to one source, made by an administrator under "
            "Administration → API keys, or to one metric, made on its page. Valid records are "
            "kept and each bad one is named.",
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": {
            "/api/v1/feedback": {"post": _feedback()},
            **{path: item for part in parts.values() for path, item in part.paths.items()},
            "/api/v1/openapi.json": {"get": _itself()},
        },
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of a key, which begins with cxq_.",
                }
            },
            "headers": {"X-Request-ID": _header("The request's id, which the log has too.")},
            "schemas": {
                **_schemas(),
                **{name: one for part in parts.values() for name, one in part.schemas.items()},
            },
        },
    }


def _feedback() -> dict[str, Any]:
    return {
        "operationId": "bringFeedback",
        "summary": "Bring records of feedback of the key's source",
        **called("Call", "Answer"),
    }


def called(body: str, answer: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    """Return how a call with a key is made and answered; `body`, `answer` name their schemas."""
    return {
        "parameters": [*parameters, _once()],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ref(body)}},
        },
        "responses": {
            "200": _kept(answer),
            "401": _refused(
                "The token is missing, unknown or revoked.",
                {"WWW-Authenticate": _header("How to send the token: Bearer.", required=True)},
            ),
            "503": _refused(
                "A longer piece of work is being saved. Nothing was kept; send the same again.",
                {"Retry-After": _header("Seconds to wait.")},
            ),
            **{status: _refused(said) for status, said in REFUSED.items()},
        },
    }


def _once() -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Your own name for this call. When it comes again with the same "
        "body within 7 days, nothing is done twice and the first answer is given again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": MOST_KEY, "pattern": ONCE},
    }


def _kept(answer: str) -> dict[str, Any]:
    again = _header("“true” where this is the answer of an earlier call with the same key.")
    return {
        "description": "The valid records are kept; “errors” names the others.",
        "headers": {**REQUEST_ID, "Idempotency-Replayed": again},
        "content": {"application/json": {"schema": ref(answer)}},
    }


def _itself() -> dict[str, Any]:
    whole = {"type": "object", "required": ["openapi", "info", "paths"]}
    return {
        "operationId": "describe",
        "summary": "This description",
        "security": [],
        "responses": {
            "200": {
                "description": "This description.",
                "headers": REQUEST_ID,
                "content": {"application/json": {"schema": whole}},
            },
            "400": _refused("The request cannot be read."),
            "500": _refused(REFUSED["500"]),
        },
    }


def _refused(said: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "description": said,
        "headers": {**REQUEST_ID, **(headers or {})},
        "content": {PROBLEM: {"schema": ref("Problem")}},
    }


def _schemas() -> dict[str, Any]:
    record = FeedbackRecord.model_json_schema(ref_template="#/components/schemas/{model}")
    inner = record.pop("$defs")
    lists = {
        "errors": {"type": "array", "items": ref("Fault")},
        "doubts": {"type": "array", "items": ref("Doubt")},
    }
    numbers = counts(COUNTS)
    return {
        "Call": listed("records", "FeedbackRecord"),
        "FeedbackRecord": record,
        **inner,
        "Answer": schema({**numbers, **lists}),
        "Fault": _place("error", "What is wrong with it; the record was not kept."),
        "Doubt": _place("doubt", "What somebody should look at; the record was kept."),
        "Problem": _problem({**numbers, **lists}),
    }


def counts(said: Mapping[str, str]) -> dict[str, Any]:
    """Return the schemas of counts, by name, that say what each counts."""
    return {
        name: {"type": "integer", "minimum": 0, "description": words}
        for name, words in said.items()
    }


def listed(member: str, item: str) -> dict[str, Any]:
    """Return the schema of a body with one member, the list of so many of a schema."""
    several = {
        "type": "array",
        "minItems": 1,
        "maxItems": bodies.MOST_RECORDS,
        "items": ref(item),
    }
    return schema({member: several}, closed=True)


def _problem(more: dict[str, Any]) -> dict[str, Any]:
    known = {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
    }
    return {
        "type": "object",
        "description": "What is wrong (RFC 9457); the counts and errors of a call that has only "
        "bad records stand in it too.",
        "required": list(known),
        "properties": {**known, **more},
    }


def _place(name: str, said: str) -> dict[str, Any]:
    return schema(
        {
            "index": {
                "type": "integer",
                "minimum": 0,
                "description": "The record's place in the call, counted from 0.",
            },
            "field": {
                "type": "string",
                "description": "Such as comments.0.text; empty where it is the record itself.",
            },
            name: {"type": "string", "description": said},
        }
    )


def schema(properties: dict[str, Any], *, closed: bool = False) -> dict[str, Any]:
    """Return the schema of an object with these members, all required."""
    found = {"type": "object", "required": list(properties), "properties": properties}
    return {**found, "additionalProperties": False} if closed else found


def _header(said: str, *, required: bool = False) -> dict[str, Any]:
    return {"description": said, "required": required, "schema": {"type": "string"}}


def ref(name: str) -> dict[str, str]:
    """Return the reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}
