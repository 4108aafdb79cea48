"""What other programs ask of metrics: they bring readings."""

from flask.typing import ResponseReturnValue

from cxquest.extensions import db
from cxquest.imports.api_views import answered, bp
from cxquest.measures import receiving


@bp.post("/metrics/<int:metric_id>/readings")
def readings(metric_id: int) -> ResponseReturnValue:
    """Take the readings of a call, and name each that is not taken."""
    return answered(lambda call: receiving.call(db.session, call, metric_id))
