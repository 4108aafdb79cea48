"""Numbers of a rulebook, breaches and reasons, as pages write them."""

from datetime import date
from fractions import Fraction

import pytest
from flask import Flask

from cxquest.rewards import figure_pages, rulebook_pages, trying
from cxquest.rewards.happening import Line
from cxquest.rewards.law import Breach

HALF, BELOW = Fraction(1, 2), "recovery is below resolution"
BREACHES = [
    (Breach("C1", "x", Fraction(2), Fraction(15, 4)), "is 2, must be at least 3.75"),
    (Breach("C3", "x", HALF, Fraction(3, 5)), "is 50 %, must be at least 60 %"),
    (Breach("C6", "x", Fraction(6), Fraction(5)), "is 6, must be at most 5"),
    (Breach("C1", BELOW, Fraction(1), Fraction(1)), "is 1, must be less than 1"),
    (Breach("C9", "x", Fraction(2), Fraction(2)), "is 2, must be more than 2"),
]


@pytest.mark.parametrize(("breach", "words"), BREACHES)
def test_a_breach_says_what_it_is_and_what_it_must_be(
    app: Flask, breach: Breach, words: str
) -> None:
    with app.test_request_context():
        assert figure_pages.compared(breach) == words


def test_numbers_are_written_as_the_words_speak_of_them(app: Flask) -> None:
    with app.test_request_context():
        assert figure_pages.figure(HALF, "share") == "50 %"
        assert figure_pages.figure(Fraction(3, 2), "work") == "× 1.5"
        assert figure_pages.figure(50, "base") == "50 points"
        assert figure_pages.row_name("S") == "S (small)"
        where = "G3 · L · systemic: prevention < resolution"
        breach = Breach("C1", "x", HALF, HALF, where)
        assert figure_pages.case(breach) == "Outcome · L · Systemic: Prevention < Resolution"
        assert figure_pages.case(Breach("C8", "x", HALF, HALF, "action")) == "action"


def test_a_tried_reason_words_its_limit(app: Flask) -> None:
    text = "At most %(amount)s %(unit)s per %(per)s and %(window)s, last on %(last)s"
    values = {"amount": 5, "unit": "times", "per": "theme", "window": "week", "last": "2026-02-03"}
    line = Line(1, "rule_x", "individual", 0, 5, text, values)
    with app.test_request_context():
        said = rulebook_pages.say(trying._reason(line))
        assert said == "At most 5 times per theme and week, last on 3 Feb 2026"
        assert rulebook_pages.say(date(2026, 2, 3)) == "3 Feb 2026"
