"""The lesson of a quest: its team writes it."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.quests import learning, policy
from cxquest.quests.forms import LessonForm
from cxquest.quests.learning import Words
from cxquest.quests.views import back_to, bp, quest_for, quest_url
from cxquest.web import formpage, guard


@bp.route("/quests/<int:quest_id>/lesson", methods=["GET", "POST"])
def lesson(quest_id: int) -> ResponseReturnValue:
    """Write down what another team can reuse."""
    quest = quest_for(quest_id, policy.may_learn)
    form = LessonForm(obj=learning.lesson_of(db.session, quest.id), title=quest.title)
    if form.validate_on_submit():
        with formpage.refusing(form):
            given = Words(**{part: form[part].data for part in vars(Words())})
            learning.write(db.session, quest, given, by=guard.me(), at=clock.now())
            db.session.commit()
            return back_to(quest, "lesson")
    return formpage.show(
        form,
        _("The lesson"),
        _("Save"),
        quest_url(quest, "lesson"),
        eyebrow=quest.title,
        lead=_("What another team can reuse, so that it need not learn it again."),
    )
