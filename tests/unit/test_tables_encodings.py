"""Encodings: guessed, shown with sample lines, and the same rows whatever they were."""

import io

import pytest

from cxquest.tables import reading
from cxquest.tables.how import How, Kind

WORDS = (
    "Très déçu par l’été à Malmö",
    "Größe und Wärme für alle – schön",
    "El niño comió más, señor",
    "Não foi uma boa solução",
    "Åben køkken i Århus, færre køer",
    "The café’s “queue” cost 5 minutes",
)
SAME = "".join(f'{n},"{WORDS[n % 6]}",{n % 5 + 1}\r\n' for n in range(300))
PLAIN = str.maketrans({"’": "'", "–": "-", "“": "", "”": ""})
SIX = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "mac_roman")
OTHERS = {
    "cp1251": "Отзыв,оценка\nОчень долго ждали в очереди и никто не помог,2\nВсё понравилось,5\n",
    "koi8_r": "Отзыв,оценка\nОчень долго ждали в очереди и никто не помог,2\nВсё понравилось,5\n",
    "cp932": "ご意見,点数\nレジの待ち時間が長すぎます,2\n駐車場が狭いです,3\n",
    "gb18030": "评论,评分\n排队时间太长了，没有人帮忙,2\n服务很好，谢谢,5\n",
    "euc_kr": "의견,점수\n대기 시간이 너무 길었습니다,2\n서비스가 좋았어요 감사합니다,5\n",
    "cp1250": "Opinia;ocena\nBardzo długo czekaliśmy w kolejce, nikt nie pomógł;2\nŚwietnie;5\n",
}


def content(encoding: str) -> bytes:
    text = "id,comment,rating\r\n" + SAME
    if encoding == "latin-1":  # which has no typographic quotes and dashes
        text = text.translate(str.maketrans("’“”–", '\'""-')).replace('"queue"', "queue")
    return text.encode(encoding)


def cells(encoding: str) -> list[list[str]]:
    file = io.BytesIO(content(encoding))
    table = reading.opened(file, reading.guess(file))
    assert table.header == ["id", "comment", "rating"]
    return [row.cells for row in table.rows()]


@pytest.mark.parametrize("encoding", SIX)
def test_six_encodings_give_the_same_rows(encoding: str) -> None:
    expected = cells("utf-8")
    if encoding == "latin-1":
        expected = [[cell.translate(PLAIN) for cell in row] for row in expected]
    assert len(expected) == 300
    assert cells(encoding) == expected


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_needs_no_mark(order: str) -> None:
    assert cells(order) == cells("utf-8")


@pytest.mark.parametrize("encoding", OTHERS)
def test_other_scripts_are_guessed(encoding: str) -> None:
    text = OTHERS[encoding] + OTHERS[encoding].partition("\n")[2] * 20
    file = io.BytesIO(text.encode(encoding))
    table = reading.opened(file, reading.guess(file))
    assert table.header == OTHERS[encoding].partition("\n")[0].replace(";", ",").split(",")
    assert len(list(table.rows())) == 42


def test_the_choice_is_shown_with_lines_that_tell() -> None:
    file = io.BytesIO(content("mac_roman"))
    first, *others = reading.encodings(file)
    assert (first.encoding, first.undecodable) == ("mac_roman", 0)
    assert "Très déçu par l’été à Malmö" in first.lines[0]
    named = {sample.encoding: sample for sample in others}
    assert {"utf-8", "cp1252", "latin-1"} <= set(named)
    assert named["utf-8"].undecodable > 200
    assert "\ufffd" in named["utf-8"].lines[0]
    assert not {"utf-16-le", "utf-8-sig"} & set(named), "impossible ones are not offered"


def test_a_chosen_encoding_is_kept_to() -> None:
    file = io.BytesIO("a,b\n1,é\n".encode("mac_roman"))
    how = reading.guess(file, encoding="mac_roman")
    assert how == How(Kind.DELIMITED, "mac_roman", ",")
    assert [row.cells for row in reading.opened(file, how).rows()] == [["1", "é"]]


def test_ascii_shows_no_lines_and_costs_no_guess() -> None:
    first, *_others = reading.encodings(io.BytesIO(b"a,b\n1,2\n"))
    assert (first.encoding, first.lines, first.undecodable) == ("utf-8", (), 0)


def test_a_letter_far_down_decides_too() -> None:
    plain = b"".join(b"%d,all is plain here\n" % n for n in range(30_000))
    file = io.BytesIO(b"id,text\n" + plain + "30000,très déçu, à côté\n".encode("cp1252"))
    how = reading.guess(file)
    assert how.encoding == "cp1252"
    assert list(reading.opened(file, how).rows())[-1].cells[1] == "très déçu"
