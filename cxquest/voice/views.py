from flask import Blueprint, render_template

bp = Blueprint("voice", __name__)


@bp.get("/voice")
def index():
    return render_template("base.html")


@bp.get("/themes")
def themes():
    return render_template("base.html")
