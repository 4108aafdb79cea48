from flask import Blueprint, render_template

bp = Blueprint("quests", __name__)


@bp.get("/quests")
def index():
    return render_template("base.html")
