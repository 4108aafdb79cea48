from flask import Blueprint, render_template

bp = Blueprint("desk", __name__)


@bp.get("/")
def home():
    return render_template("base.html")


@bp.get("/journey")
def journey():
    return render_template("base.html")


@bp.get("/me")
def me():
    return render_template("base.html")


@bp.get("/sponsor")
def sponsor():
    return render_template("base.html")


@bp.get("/admin")
def admin():
    return render_template("base.html")
