from flask import Blueprint, render_template

bp = Blueprint("journey", __name__)
