from flask import Blueprint, render_template

bp = Blueprint("boards", __name__)


@bp.get("/boards/teams")
def teams():
    return render_template("base.html")
