"""The part of the API's description that is about the readings of metrics. Pure."""

from typing import Any

from cxquest.imports import openapi
from cxquest.imports.openapi import Part
from cxquest.measures.called import ReadingRecord

PATH = "/api/v1/metrics/{metric_id}/readings"
COUNTS = {
    "read": "How many readings the call listed: created + corrected + unchanged + rejected.",
    "created": "How many are of periods that had none.",
    "corrected": "How many stand in for another value; what that was is kept, with the reason.",
    "unchanged": "How many say what was known.",
    "rejected": "How many were not taken; “errors” says why.",
}


def part() -> Part:
    """Return the path and its schemas."""
    errors = {"type": "array", "items": openapi.ref("Fault")}
    return Part(
        {PATH: {"post": _operation()}},
        {
            "ReadingCall": openapi.listed("readings", "ReadingRecord"),
            "ReadingRecord": ReadingRecord.model_json_schema(),
            "ReadingAnswer": openapi.schema({**openapi.counts(COUNTS), "errors": errors}),
        },
    )


def _operation() -> dict[str, Any]:
    metric = {
        "name": "metric_id",
        "in": "path",
        "required": True,
        "description": "The metric, as the address of its page has it.",
        "schema": {"type": "integer", "minimum": 1},
    }
    return {
        "operationId": "bringReadings",
        "summary": "Bring readings of the key's metric",
        **openapi.called("ReadingCall", "ReadingAnswer", metric),
    }
