"""Forms of the rulebook's pages. In the editor everything is text until it is checked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import FieldList, FormField, HiddenField, SelectField, StringField

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.rewards import wording
from cxquest.rewards.editing import MOST_CONDITIONS, MOST_LIMITS, MOST_RULES, Fault, Rows
from cxquest.web.forms import Choice, Day, Form, Paragraph, stripped
from cxquest.web.labels import LABELS

Choices = list[tuple[str, str]]


class _Text(StringField):
    """A line of text, trimmed; its letters are counted when it is checked."""

    def __init__(self, label: str, **kw: Any) -> None:
        super().__init__(label, filters=[stripped], **kw)


def _pick(label: str, choices: Choices | tuple[()] = ()) -> SelectField:
    return SelectField(label, choices=list(choices), validate_choice=False)


def _table(table: wording.Table) -> Any:
    cells = {str(key): _Text(LABELS[str(key)]) for key in table.rows}
    return FormField(type(f"{table.name.title()}Form", (wtforms.Form,), cells))


def _single(name: str) -> _Text:
    title, meaning = wording.SINGLE[name]
    return _Text(_l(title), description=_l(meaning))


OF_CHOICES = [("is", _l("is")), ("is_not", _l("is not"))]
COMPARISONS = [*OF_CHOICES, ("at_least", _l("is at least")), ("at_most", _l("is at most"))]


class ConditionForm(wtforms.Form):
    """One comparison of a rule."""

    field = _pick(_l("field"))
    comparison = _pick(_l("comparison"), COMPARISONS)
    value = _Text(_l("value"))
    options: Choices = []  # what the value can be, where that is a choice


class LimitForm(wtforms.Form):
    """One limit of a rule."""

    amount = _Text(_l("at most"))
    unit = _pick(_l("of what"), [("times", _l("times")), ("points", _l("points"))])
    per = _pick(
        _l("per"),
        [
            ("account", _l("person or team")),
            ("pair", _l("pair of people")),
            ("object", _l("quest or pain point")),
            ("theme", _l("theme")),
        ],
    )
    window = _pick(
        _l("in a"),
        [("day", _l("day")), ("week", _l("week")), ("season", _l("season")), ("ever", _l("ever"))],
    )
    pool = _Text(
        _l("counted together as"),
        description=_l("Limits with the same word share one allowance."),
    )


class RuleForm(wtforms.Form):
    """One rule, a card that reads as a sentence."""

    id = _Text(_l("Short name"))
    name = _Text(_l("Name"))
    when = _pick(_l("When"))
    joint = _pick(
        _l("and"),
        [("all", _l("all of")), ("any", _l("any of")), ("not", _l("none of"))],
    )
    nested = HiddenField()
    conditions = FieldList(FormField(ConditionForm), max_entries=MOST_CONDITIONS)
    give = _Text(_l("give"))
    to = _pick(_l("points to"))
    limits = FieldList(FormField(LimitForm), max_entries=MOST_LIMITS)
    after_days = _Text(_l("and not again for"))
    has_fields = False  # whether its event has anything to ask for


class RulebookForm(Form):
    """The whole rulebook: its tables and its rules, all of them text."""

    seen = HiddenField()
    why = Paragraph(
        _l("Why these rules"),
        most=2000,
        needed=False,
        rows=2,
        description=_l("Everybody reads this."),
    )
    base, share, work, cause, weight = (_table(table) for table in wording.TABLES)
    bridge_step = _single("bridge_step")
    bridge_departments = _single("bridge_departments")
    attainment_floor = _single("attainment_floor")
    starter_allowance = _single("starter_allowance")
    individual_part = _single("individual_part")
    recurrence_window = _single("recurrence_window")
    active_quests = _single("active_quests")
    rules = FieldList(FormField(RuleForm), max_entries=MOST_RULES)
    event = _pick(_l("A past event, worked through the draft"))

    def rows(self) -> Rows:
        """Return what was typed, by the names of the document."""
        typed: Rows = {name: value for name, value in self.data.items() if name != "csrf_token"}
        return cast("Rows", _texts(typed))

    def offer(
        self,
        events: Callable[[str], Mapping[str, list[Any]]],
        recipients: Callable[[str, str], Choices],
        fields: Callable[[str, str], Choices],
        values: Callable[[str, str], Choices],
    ) -> None:
        """Hand the choices of each rule in; what is chosen already is always one of them."""
        for rule in self.rules:
            when = str(rule.form.when.data or "")
            rule.form.when.choices = dict(events(when))
            rule.form.to.choices = recipients(when, str(rule.form.to.data or ""))
            rule.form.has_fields = bool(fields(when, ""))
            for condition in rule.form.conditions:
                chosen = str(condition.form.field.data or "")
                condition.form.field.choices = [*_blank(chosen), *fields(when, chosen)]
                options = values(when, chosen)
                condition.form.options = options
                if options and condition.form.comparison.data in dict(OF_CHOICES):
                    condition.form.comparison.choices = OF_CHOICES

    def mark(self, faults: Sequence[Fault]) -> None:
        """Put what does not fit on its fields."""
        known = {field.name: field for field in self.leaves()}
        for name, text, values in faults:
            said = str(gettext(text, **values))
            if name in known:
                known[name].errors = [*known[name].errors, said]
            else:
                self.form_errors.append(f"{name}: {said}")

    def unmark(self) -> None:
        """Take off its fields what does not fit, where nobody has asked for it yet."""
        self.form_errors = list[str]()
        for field in self.leaves():
            field.errors = []

    def leaves(self) -> Iterator[Any]:
        """Yield every field that somebody fills in, from top to bottom."""
        yield from _leaves(self)


def _leaves(form: Any) -> Iterator[Any]:
    for field in form:
        if isinstance(field, FormField):
            yield from _leaves(field.form)
        elif isinstance(field, FieldList):
            for entry in field:
                yield from _leaves(entry.form)
        else:
            yield field


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_texts(one) for one in value]
    return "" if value is None else str(value)


def _blank(chosen: str) -> Choices:
    """Return the empty choice, where nothing is chosen."""
    return [] if chosen else [("", "")]


class Problem:
    """A field at fault, named so that one finds it among many."""

    def __init__(self, field: Any) -> None:
        self.id, self.errors, self.type, self.widget = (
            field.id,
            field.errors,
            field.type,
            field.widget,
        )
        self.label = SimpleNamespace(text=_placed(field))


def _placed(field: Any) -> str:
    table, _sign, rest = field.name.partition("-")
    if table == "rules":
        number = int(rest.partition("-")[0]) + 1
        return str(gettext("Rule %(n)s, %(field)s", n=number, field=field.label.text))
    titles = {one.name: gettext(one.title) for one in wording.TABLES}
    return f"{titles[table]}, {field.label.text}" if table in titles else str(field.label.text)


class Problems:
    """The fields at fault, for the summary above the form."""

    def __init__(self, form: RulebookForm) -> None:
        self.fields = [Problem(field) for field in form.leaves() if field.errors]
        self.form_errors = form.form_errors
        self.errors = bool(self.fields or self.form_errors)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fields)


def _why() -> Paragraph:
    hint = _l("Everybody reads this.")
    return Paragraph(_l("Why new rules"), most=2000, rows=3, description=hint)


class StartForm(Form):
    """A new version, from one that there is."""

    start = Choice(_l("Begin with"))
    why = _why()


class TextForm(Form):
    """A document as JSON text."""

    seen = HiddenField()
    text = Paragraph(_l("The document"), most=400_000, rows=24)


class ScheduleForm(Form):
    """The day from which a version counts."""

    effective_from = Day(_l("It counts from the beginning of"))


class WithdrawForm(Form):
    """Why a version is withdrawn."""

    reason = Paragraph(_l("Why it is withdrawn"), most=1000, rows=3)


class ImportForm(Form):
    """A document from elsewhere, as a file or pasted."""

    file = FileField(
        _l("A JSON file, if you have one"),
        description=_l("One of the two is needed: a file, or the JSON itself."),
    )
    text = Paragraph(
        _l("The JSON itself, if you have no file"),
        most=400_000,
        rows=12,
        needed=False,
        description=_l("Where both are given, the file is read."),
    )
    why = _why()

    def given(self) -> str:
        """Return the text of the file, else what was pasted. Raises BadInput for neither."""
        if not self.file.data:
            if not self.text.data:
                raise BadInput(_("Choose a file, or paste the document."), field="text")
            return self.text.data
        try:
            return bytes(self.file.data.read()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadInput(_("This file is not text in UTF-8."), field="file") from error
