"""The Flask extensions, made once and bound to an app by `create_app`."""

from typing import TYPE_CHECKING

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from cxquest.core import models as core_models
from cxquest.core.db import Base
from cxquest.imports import models as imports_models
from cxquest.journey import models as journey_models
from cxquest.measures import models as measures_models
from cxquest.pains import models as pains_models
from cxquest.people import models as people_models
from cxquest.quests import learned as quests_learned
from cxquest.quests import models as quests_models
from cxquest.quests import work as quests_work
from cxquest.recognition import models as recognition_models
from cxquest.rewards import models as rewards_models
from cxquest.surveys import models as surveys_models
from cxquest.themes import models as themes_models
from cxquest.voice import models as voice_models

# Every table is known to the metadata before anybody asks it.
MODELS = (
    core_models,
    people_models,
    journey_models,
    voice_models,
    imports_models,
    themes_models,
    surveys_models,
    pains_models,
    measures_models,
    rewards_models,
    quests_models,
    quests_work,
    quests_learned,
    recognition_models,
)


class Database(SQLAlchemy):
    """The database, with its session typed as what services ask for: a plain Session."""

    if TYPE_CHECKING:
        session: Session  # type: ignore[assignment]


db = Database(metadata=Base.metadata)
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
