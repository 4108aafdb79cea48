"""Import pages: a file is uploaded, its columns are named, looked at, and imported."""

from flask import Blueprint

bp = Blueprint("imports", __name__)


@bp.get("/admin/imports", endpoint="index")
def index() -> str:
    """List import runs."""
    return ""
