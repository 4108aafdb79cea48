"""What other programs ask of metrics: they bring readings."""

from flask import Response
from flask.typing import ResponseReturnValue

from cxquest.extensions import db
from cxquest.imports.api import begun, bp, said
from cxquest.measures import receiving


@bp.post("/metrics/<int:metric_id>/readings")
def readings(metric_id: int) -> ResponseReturnValue:
    """Take the readings of a call, and name each that is not taken."""
    call = begun()
    if isinstance(call, Response):
        return call
    answer = receiving.call(db.session, call, metric_id)
    db.session.commit()
    return said(answer)
