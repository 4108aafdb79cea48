"""What people do in the story, each step by the pages that a person would use."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, Response

PASSWORD = "a long password"


@dataclass
class Player:
    """A person before a browser."""

    name: str
    page: Page

    @property
    def email(self) -> str:
        """The address they sign in with."""
        return f"{self.name.lower()}@halden.example"

    def goes_to(self, path: str) -> Response | None:
        """Open a page, signing in again where the session is over."""
        answer = self.page.goto(path)
        if "/sign-in" in self.page.url and "/sign-in" not in path:
            self.fills_in(email=self.email, password=PASSWORD)
            self.presses("Sign in")
        return answer

    def follows(self, link: str, within: str = "main") -> None:
        """Follow a link by its words, those for screen readers included."""
        words = re.compile(r"\s*".join(re.escape(word) for word in re.split(r"(?=:)", link)))
        self.page.locator(within).get_by_role("link", name=words).first.click()

    def presses(self, button: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("main").get_by_role("button", name=button, exact=True).first.click()

    def fills_in(self, **fields: str | bool) -> None:
        """Fill in fields by their names: type, choose, tick."""
        for name, value in fields.items():
            _fill(self.page.locator(f"main [name='{name}']"), value)

    def reads(self) -> str:
        """Return the words of the page."""
        return self.page.get_by_role("main").inner_text()

    def takes_out(self, path: str) -> list[dict[str, str]]:
        """Return the rows of a CSV file."""
        answer = self.page.request.get(path)
        assert answer.ok, answer.status
        return list(csv.DictReader(io.StringIO(answer.text().removeprefix("\ufeff"))))


def _fill(controls: Locator, value: str | bool) -> None:
    control = controls.first
    kind = control.evaluate("e => e.tagName == 'SELECT' ? 'select' : e.type")
    if isinstance(value, bool):
        control.set_checked(value)
    elif kind == "select":
        control.select_option(label=value)
    elif kind == "radio":
        controls.and_(control.page.locator(f"[value='{value}']")).check()
    else:
        control.fill(value)


# The administrator sets the company up.


def describes_the_organisation(ruth: Player, name: str, zone: str, currency: str) -> None:
    ruth.goes_to("/admin/organisation")
    ruth.fills_in(name=name, time_zone=zone, currency=currency)
    ruth.presses("Save")


def adds_departments(ruth: Player, names: Sequence[str]) -> None:
    for name in names:
        ruth.goes_to("/admin/departments")
        ruth.fills_in(name=name)
        ruth.presses("Add")


def adds_stage(ruth: Player, name: str, goal: str, success: str) -> None:
    ruth.goes_to("/admin/stages")
    ruth.fills_in(name=name, customer_goal=goal, success_means=success)
    ruth.presses("Add the stage")


def adds_person(ruth: Player, person: Player, department: str, **more: str | bool) -> None:
    ruth.goes_to("/admin/people/new")
    ruth.fills_in(name=person.name, email=person.email, department_id=department, **more)
    ruth.presses("Add")


def imports_people(ruth: Player, text: str) -> None:
    ruth.goes_to("/admin/people/import")
    chooses_file(ruth, "people.csv", text.encode())
    ruth.fills_in(invite=True)
    ruth.presses("Import")


def imports_feedback(
    ruth: Player, source: str, text: str, columns: Sequence[str], **settings: str
) -> None:
    """Upload a file, say by hand what each column is, look at the preview and import.

    `settings` are of single columns: order_1="ymd" says how the second one writes its dates.
    """
    ruth.goes_to("/admin/imports")
    ruth.fills_in(source=source)
    chooses_file(ruth, "feedback.csv", text.encode())
    ruth.presses("Upload")
    says_what_columns_are(ruth, columns, **settings)
    assert "Nothing is kept yet." in ruth.reads()
    ruth.presses("Import")


def says_what_columns_are(ruth: Player, columns: Sequence[str], **settings: str) -> None:
    """Choose what each column is, with its settings, and ask for the preview."""
    for place, kind in enumerate(columns):
        ruth.fills_in(**{f"role_{place}": kind})
    for name, value in settings.items():
        folded = ruth.page.locator(f"main details:has([name='{name}'])")
        if folded.get_attribute("open") is None:
            folded.locator("summary").click()
        ruth.fills_in(**{name: value})
    ruth.presses("Preview")


def chooses_file(ruth: Player, name: str, content: bytes) -> None:
    """Choose a file to be sent."""
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    ruth.page.locator("main input[type=file]").set_input_files(file)  # type: ignore[arg-type]


def accepts_invitation(person: Player, mail: str) -> None:
    """Open the link of the mail and choose a password."""
    found = re.search(r"/ticket/\S+", mail)
    assert found, mail
    person.page.goto(found[0])
    person.fills_in(password=PASSWORD, again=PASSWORD)
    person.page.get_by_role("main").locator("button[type=submit]").first.click()


# A pain point comes out of what customers said.


def tags(ida: Player, words: str, theme: str, count: int) -> None:
    """Tag the first comments that hold these words with a new theme."""
    _ticks(ida, words, count)
    ida.fills_in(name=theme)
    ida.presses("Tag these")


def makes_a_pain_point(ida: Player, words: str, count: int, **fields: str | bool) -> str:
    """Choose comments, write the pain point down, open it; return its address."""
    _ticks(ida, words, count)
    ida.presses("Make a pain point from these")
    ida.fills_in(**fields, open_now=True)
    ida.presses("Save")
    return _path(ida)


def _ticks(ida: Player, words: str, count: int) -> None:
    ida.goes_to(f"/voice?q={words}")
    boxes = ida.page.locator("main input[name=comment]")
    for place in range(count):
        boxes.nth(place).check()


def accepts_the_pain_point(noor: Player, pain: str, note: str) -> None:
    noor.goes_to(pain)
    noor.fills_in(note=note)
    noor.presses("Accept")


# The team forms and writes its charter.


def proposes_a_quest(ida: Player, pain: str, promise: str) -> str:
    ida.goes_to(pain)
    ida.follows("Propose a quest")
    ida.fills_in(title=promise)
    ida.presses("Propose")
    return _path(ida)


def joins(person: Player, quest: str) -> None:
    person.goes_to(quest)
    person.presses("Join the team")


def writes_the_charter(ida: Player, quest: str, **fields: str) -> None:
    ida.goes_to(f"{quest}/charter")
    ida.fills_in(**fields)
    ida.presses("Save the charter")


def grants_hours(ida: Player, quest: str, hours: str) -> None:
    ida.goes_to(f"{quest}/hours")
    for control in ida.page.locator("main input[name^=hours-]").all():
        control.fill(hours)
    ida.presses("Save")


def writes_department_goals(ida: Player, quest: str, goals: dict[str, tuple[str, str]]) -> None:
    for department, (own, conflict) in goals.items():
        ida.goes_to(quest)
        ida.follows(f"Write its goal: {department}")
        ida.fills_in(own_goal=own, conflict=conflict)
        ida.presses("Save")


def agrees_the_size(noor: Player, quest: str, size: str) -> None:
    noor.goes_to(quest)
    noor.follows("Agree the size")
    noor.fills_in(size=size)
    noor.presses("Agree")


def asks_the_sponsor(ida: Player, quest: str) -> None:
    ida.goes_to(quest)
    ida.presses("Ask the sponsor to sign")


def signs(karl: Player, quest: str) -> None:
    karl.goes_to("/sponsor")
    karl.page.locator(f"main a[href='{quest}']").first.click()
    karl.presses("Sign the charter")


# The team finds the cause, changes something, and shows it.


def asks_why(ida: Player, quest: str, text: str, evidence: str) -> None:
    """Add a why below the last one."""
    ida.goes_to(f"{quest}/whys/new")
    ida.fills_in(text=text, evidence=evidence)
    ida.presses("Add")


def marks_the_root(ida: Player, quest: str, why: str, level: str) -> None:
    ida.goes_to(quest)
    ida.follows(f"This is a root cause: {why}")
    ida.fills_in(
        level=level, without_it="The day would be kept.", fixed_stops="Nobody can pass it."
    )
    ida.presses("Mark as root cause")


def answers_communication(ida: Player, quest: str, kind: str, note: str, aim: str) -> None:
    ida.goes_to(f"{quest}/communication")
    ida.fills_in(kind=kind, note=note, aim=aim)
    ida.presses("Save")


def hears_departments(ida: Player, quest: str, said: dict[str, str]) -> None:
    for department, words in said.items():
        ida.goes_to(quest)
        ida.follows(f"Write down what it said: {department}")
        ida.fills_in(heard=words)
        ida.presses("Save")


def says_why_nobody_noticed(ida: Player, quest: str, text: str, evidence: str) -> None:
    ida.goes_to(f"{quest}/workshop?ask=unnoticed")
    ida.fills_in(why_unnoticed=text, why_unnoticed_evidence=evidence)
    ida.presses("Save")


def contributes(person: Player, quest: str, what: str, size: str) -> None:
    person.goes_to(f"{quest}/contribute")
    person.fills_in(what=what, size=size)
    person.presses("Write it down")


def defines_the_metric(ida: Player, quest: str, **fields: str) -> None:
    ida.goes_to(f"{quest}/metric")
    ida.fills_in(**fields)
    ida.presses("Save")


def names_movers(ida: Player, quest: str) -> None:
    """Name for each department the first who is offered: somebody of the team."""
    ida.goes_to(f"{quest}/movers")
    for department in ida.page.locator("main select").all():
        department.select_option(index=1)
    ida.presses("Save")


def reads_the_metric(person: Player, quest: str, readings: dict[str, str]) -> None:
    """Write down a value for the period of each day."""
    for day, value in readings.items():
        person.goes_to(f"{quest}/readings")
        person.fills_in(day=day, value=value)
        person.presses("Write it down")
        assert "/metrics/" in person.page.url, person.reads()


def freezes_the_baseline(ida: Player, quest: str, first: str, last: str) -> None:
    ida.goes_to(f"{quest}/metric/freeze")
    ida.fills_in(baseline_from=first, baseline_to=last)
    ida.presses("Freeze")


def changes_something(ida: Player, quest: str, **fields: str) -> None:
    """Put a countermeasure in place, with the standard that stays."""
    ida.goes_to(f"{quest}/countermeasures/new")
    ida.fills_in(**fields)
    ida.presses("Save")


def tells_customers(ida: Player, quest: str, how: str) -> None:
    ida.goes_to(f"{quest}/told")
    ida.fills_in(customers_told=how)
    ida.presses("Save")


# Gates.


def asks_for_review(ida: Player, quest: str) -> None:
    ida.goes_to(quest)
    ida.presses("Ask for the review")


def judges(noor: Player, quest: str, verdict: str, reason: str) -> None:
    """Open the review from the quest's page and give a verdict, accept or decline."""
    noor.goes_to(quest)
    noor.follows("Review:")
    noor.fills_in(verdict=verdict, reason=reason)
    if verdict == "decline":
        noor.fills_in(next_step=reason)
    if noor.page.locator("main [name=judgement]").count():
        noor.fills_in(judgement=reason)
    noor.presses("Give the verdict")


def _path(player: Player) -> str:
    """Return the path of the page that a deed has led to."""
    found = re.search(r"(/(?:pains|quests)/\d+)(#\S*)?$", player.page.url)
    assert found, f"{player.page.url}\n{player.reads()}"
    return found[1]
