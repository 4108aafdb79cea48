"""CXQuest: cross-department teams remove the causes of customers' pain, and show proof."""

from datetime import timedelta

from flask import Flask, request
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from cxquest import cli, config, extensions
from cxquest.boards import department_views as boards_departments
from cxquest.boards import near_views as boards_near
from cxquest.boards import proof_views as boards_proofs
from cxquest.boards import views as boards_views
from cxquest.config import PROJECT, Settings
from cxquest.core import db as database
from cxquest.core import zones
from cxquest.desk import dispute_views, points_views, season_views
from cxquest.desk import views as desk_views
from cxquest.imports import api_views, keys_views, openapi
from cxquest.imports import run_views as imports_runs
from cxquest.imports import source_views as imports_sources
from cxquest.imports import views as imports_views
from cxquest.journey import views as journey_views
from cxquest.lessons import views as lessons_views
from cxquest.measures import api_views as measures_api
from cxquest.measures import belonging, describing
from cxquest.pains import (
    check_views,
    checking,
    deciding_views,
    evidence_views,
    merging_views,
    note_views,
    writing_views,
)
from cxquest.pains import views as pains_views
from cxquest.people import administering as people_admin
from cxquest.people import views as people_views
from cxquest.quests import (
    a3_views,
    charter_views,
    gate_views,
    lesson_views,
    measuring,
    metric_key_views,
    metric_queries,
    metric_views,
    reading_file_views,
    return_views,
    series_views,
    side_views,
    task_views,
    telling,
    told_views,
    work_views,
    workshop_views,
)
from cxquest.quests import views as quests_views
from cxquest.recognition import badge_views, granting, win_views
from cxquest.recognition import views as recognition_views
from cxquest.rewards import editor_views, paying, simulation_views, version_views
from cxquest.rewards import views as rewards_views
from cxquest.surveys import answer_views, integrity_views, link_views
from cxquest.surveys import views as surveys_views
from cxquest.tables.limits import MAX_BYTES
from cxquest.themes import changing_views, group_views, proposal_views
from cxquest.themes import views as themes_views
from cxquest.voice import views as voice_views
from cxquest.web import assets, errors, filters, guard, headers, health, htmx, logs, nav

LANGUAGES = ("en",)
PATIENCE = 10  # seconds that a write waits for another one on SQLite


class Id(IntegerConverter):
    """A row's id in an address; a number that no row can have is not there, never an error."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


# Every module with routes; importing it hangs them on its room's blueprint.
VIEWS = (
    health,
    people_views,
    people_admin,
    rewards_views,
    version_views,
    editor_views,
    simulation_views,
    journey_views,
    voice_views,
    themes_views,
    changing_views,
    proposal_views,
    group_views,
    imports_views,
    keys_views,
    api_views,
    measures_api,
    imports_runs,
    imports_sources,
    surveys_views,
    answer_views,
    link_views,
    integrity_views,
    pains_views,
    writing_views,
    evidence_views,
    deciding_views,
    merging_views,
    note_views,
    check_views,
    quests_views,
    charter_views,
    work_views,
    task_views,
    workshop_views,
    metric_views,
    series_views,
    reading_file_views,
    metric_key_views,
    side_views,
    gate_views,
    return_views,
    told_views,
    lesson_views,
    a3_views,
    lessons_views,
    recognition_views,
    badge_views,
    win_views,
    boards_views,
    boards_departments,
    boards_proofs,
    boards_near,
    desk_views,
    season_views,
    points_views,
    dispute_views,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Wire the product together. Raises WrongSetting when a setting is nonsense."""
    settings = settings or config.load()
    app = Flask(
        __name__,
        template_folder=str(PROJECT / "templates"),
        static_folder=None,
        instance_path=str(settings.CXQUEST_INSTANCE_PATH),
    )
    app.config.update(_flask_config(settings), SETTINGS=settings)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.url_map.converters["int"] = Id
    logs.configure(settings.CXQUEST_LOG_LEVEL)
    logs.init_app(app)
    _bind_extensions(app)
    for blueprint in dict.fromkeys(module.bp for module in VIEWS):
        app.register_blueprint(blueprint)
    for part in (errors, filters, htmx, nav, cli):
        part.init_app(app)
    paying.listeners["badges"] = granting.grant
    checking.involved["quests"] = telling.worked_on
    belonging.before_change["quests"] = measuring.change_known
    belonging.subject_of["quests"] = metric_queries.keeper
    openapi.parts["readings"] = describing.part()
    assets.init_app(app, PROJECT / "static", settings.CXQUEST_INSTANCE_PATH)
    app.wsgi_app = headers.SecurityHeaders(app.wsgi_app, https=settings.CXQUEST_HTTPS)  # type: ignore
    if settings.CXQUEST_PROXIES:
        n = settings.CXQUEST_PROXIES
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.CXQUEST_SECRET_KEY,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "SESSION_COOKIE_NAME": "cxquest",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.CXQUEST_HTTPS,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.CXQUEST_SESSION_DAYS),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": MAX_BYTES + 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "BABEL_TRANSLATION_DIRECTORIES": str(PROJECT / "cxquest" / "translations"),
    }


def _engine_options(settings: Settings) -> dict[str, object]:
    """Return a pool with a place for each thread; no value of a row ever gets into a log."""
    kind: dict[str, object] = {"pool_pre_ping": True}
    if settings.database_url.startswith("sqlite"):
        kind = {"connect_args": {"timeout": PATIENCE}}
    return {**kind, "pool_size": settings.CXQUEST_THREADS + 2, "hide_parameters": True}


def _bind_extensions(app: Flask) -> None:
    extensions.db.init_app(app)
    extensions.migrate.init_app(
        app,
        extensions.db,
        directory=str(PROJECT / "cxquest" / "migrations"),
        render_as_batch=True,
        compare_type=True,
    )
    guard.init_app(app)
    extensions.csrf.init_app(app)
    extensions.babel.init_app(app, locale_selector=_language, timezone_selector=_zone)
    with app.app_context():
        database.tune(extensions.db.engine)


def _language() -> str:
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _zone() -> str | None:
    """Return the reader's time zone: their own choice, else the organisation's."""
    if not current_user or not current_user.is_authenticated:
        return None
    known = nav.organisation()
    name = current_user.time_zone or (known.time_zone if known else zones.UTC)
    return name if zones.is_zone(name) else zones.UTC
