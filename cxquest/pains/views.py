from flask import Blueprint, render_template

bp = Blueprint("pains", __name__)


@bp.get("/pains")
def index():
    return render_template("base.html")
