"""The form about a stage."""

from flask_babel import lazy_gettext as _l

from cxquest.web.forms import Form, Line, Paragraph


class StageForm(Form):
    """A step of the customer's way, in the words that the departments agreed on."""

    name = Line(_l("Name"), most=80, description=_l("Short, as customers would say it."))
    customer_goal = Paragraph(
        _l("The customer's goal"),
        most=500,
        rows=2,
        description=_l("What the customer wants to get done here, in the customer's own words."),
    )
    success_means = Paragraph(
        _l("Success means"),
        most=500,
        rows=2,
        needed=False,
        description=_l("What has happened when this step went well for the customer."),
    )
