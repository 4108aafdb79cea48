"""The language of a comment is told where it is plain, and left open where it is not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.voice.language import _KNOWN, language

SAID = {
    "en": "Nobody called me back and I was waiting for two weeks until the engineer came.",
    "de": "Ich habe drei Wochen auf den Techniker gewartet und niemand hat sich gemeldet.",
    "fr": "J'ai attendu trois semaines et personne ne m'a rappelé, c'est vraiment pas sérieux.",
    "es": "Estuve esperando tres semanas y nadie me llamó, pero el técnico fue muy amable.",
    "it": "Ho aspettato tre settimane e nessuno mi ha chiamato, ma il tecnico è stato gentile.",
    "pt": "Esperei três semanas e ninguém me ligou, mas o técnico foi muito simpático com a gente.",
    "nl": "Ik heb drie weken gewacht en niemand heeft mij gebeld, maar de monteur was wel aardig.",
    "da": "Jeg ventede i tre uger og ingen ringede, men montøren var meget flink efter min mening.",
    "no": "Jeg ventet i tre uker og ingen ringte, men montøren var veldig hyggelig etterpå.",
    "sv": "Jag väntade i tre veckor och ingen ringde, men teknikern var mycket trevlig mot mig.",
    "pl": "Czekałem trzy tygodnie i nikt nie zadzwonił, ale technik był bardzo miły i pomógł mi.",
    "fi": "Odotin kolme viikkoa eikä kukaan soittanut, mutta asentaja oli erittäin mukava.",
    "ja": "三週間待ちましたが、誰も電話をくれませんでした。",
    "zh": "我等了三个星期，没有人给我打电话。",
    "ko": "삼 주를 기다렸지만 아무도 전화하지 않았습니다.",
    "ar": "انتظرت ثلاثة أسابيع ولم يتصل بي أحد.",
    "he": "חיכיתי שלושה שבועות ואף אחד לא התקשר אליי.",
    "ru": "Я ждал три недели, но мне никто не позвонил, это очень плохо.",
    "uk": "Я чекав три тижні, але мені ніхто не подзвонив, це дуже погано.",
    "el": "Περίμενα τρεις εβδομάδες και κανείς δεν με κάλεσε.",
    "th": "ฉันรอสามสัปดาห์และไม่มีใครโทรหาฉัน",
    "hi": "मैंने तीन सप्ताह इंतज़ार किया और किसी ने मुझे फ़ोन नहीं किया।",
}


@pytest.mark.parametrize("code", SAID)
def test_plain_texts_are_told(code: str) -> None:
    assert language(SAID[code]) == code
    assert language(SAID[code].upper() + " 12345 !!!") == code


@pytest.mark.parametrize(
    "text",
    ["", "ok", "Late", "Wi-Fi", "12345", "no", "die", "最悪", "Zendesk 4.2", "👍👍",
     "asdf qwer zxcv", "Menu menu menu menu", "Добре", "pizza pasta vino", "?"],
)  # fmt: skip
def test_what_is_short_is_not_guessed(text: str) -> None:
    assert language(text) == ""


def test_a_product_name_in_another_script_changes_nothing() -> None:
    assert language("iPhone の画面がすぐに割れました") == "ja"
    assert (
        language("Der Kundendienst hat mir das 東京 Modell nicht ersetzt, und ich warte.") == "de"
    )


def test_two_languages_in_one_are_unsure() -> None:
    assert language("The delivery was late and I was ... La livraison est en retard et je ne") == ""


@given(st.text(max_size=200))
def test_the_answer_is_a_code_or_nothing(text: str) -> None:
    assert language(text) in {"", *SAID}


@given(st.sampled_from(list(_KNOWN)), st.integers(5, 400))
def test_small_words_alone_are_never_another_language(code: str, n: int) -> None:
    words = sorted(_KNOWN[code]) * 10
    assert language(" ".join(words[:n])) in {"", code}


def test_a_long_text_takes_no_time() -> None:
    begun = time.process_time()
    language("the a " * 20_000)
    assert time.process_time() - begun < 0.2
