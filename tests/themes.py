"""Small made-up corpora about three themes, in languages with and without spaces."""

from dataclasses import dataclass
from random import Random

from sqlalchemy.orm import Session

from cxquest.voice import hearing, theming
from cxquest.voice.models import Theme
from tests.cast import BEGUN, Cast

_ENGLISH = {
    "billing": ["the bill was wrong", "charged twice", "a refund never came", "costs too much"],
    "parking": ["no parking near", "the car park was full", "parked far away", "parking machine"],
    "waiting": ["waited two hours", "a long queue", "slow to answer", "the wait is endless"],
}
_CHINESE = {
    "billing": ["账单金额不对", "重复扣费了", "退款一直没到账", "价格太贵了"],
    "parking": ["附近没有停车位", "停车场满了", "停车太远", "停车收费机坏了"],
    "waiting": ["等了两个小时", "排队太长", "回复太慢", "等待没完没了"],
}
_JAPANESE = {
    "billing": ["請求金額が間違っていた", "二重に請求された", "返金がまだ来ない", "料金が高すぎる"],
    "parking": ["近くに駐車場がない", "駐車場が満車だった", "駐車場が遠い", "駐車券の機械が故障"],
    "waiting": ["二時間も待たされた", "列が長い", "返事が遅い", "待ち時間が終わらない"],
}
_THAI = {
    "billing": ["บิลไม่ถูกต้อง", "เก็บเงินซ้ำ", "ยังไม่ได้คืนเงิน", "ราคาแพงเกินไป"],
    "parking": ["ไม่มีที่จอดรถ", "ลานจอดรถเต็ม", "จอดรถไกลมาก", "เครื่องจอดรถเสีย"],
    "waiting": ["รอสองชั่วโมง", "คิวยาวมาก", "ตอบช้ามาก", "รอนานไม่จบ"],
}
_ARABIC = {
    "billing": ["الفاتورة خاطئة", "خصم المبلغ مرتين", "لم يصل استرداد المال", "السعر مرتفع جدا"],
    "parking": ["لا يوجد موقف سيارات", "موقف السيارات ممتلئ", "الموقف بعيد", "آلة الموقف معطلة"],
    "waiting": ["انتظرت ساعتين", "الطابور طويل", "الرد بطيء", "الانتظار لا ينتهي"],
}
_HEBREW = {
    "billing": ["החשבון שגוי", "חויבתי פעמיים", "ההחזר לא הגיע", "המחיר יקר מדי"],
    "parking": ["אין חניה קרובה", "החניון מלא", "חניתי רחוק", "מכונת החניה מקולקלת"],
    "waiting": ["חיכיתי שעתיים", "התור ארוך", "המענה איטי", "ההמתנה אינסופית"],
}
CORPORA = {
    "English": (_ENGLISH, " ", ["today", "again", "at the branch", "last week", "sadly", "really"]),
    "Chinese": (_CHINESE, "", ["今天", "又", "在分店", "上周", "很遗憾", "真的"]),
    "Japanese": (_JAPANESE, "", ["今日", "また", "支店で", "先週", "残念ながら", "本当に"]),
    "Thai": (_THAI, "", ["วันนี้", "อีกแล้ว", "ที่สาขา", "เมื่อวาน", "น่าเสียดาย", "จริงๆ"]),
    "Arabic": (_ARABIC, " ", ["اليوم", "مرة أخرى", "في الفرع", "أمس", "للأسف", "فعلا"]),
    "Hebrew": (_HEBREW, " ", ["היום", "שוב", "בסניף", "אתמול", "לצערי", "באמת"]),
}


def spoken(language: str, each: int, seed: int = 1) -> tuple[list[str], list[set[str]]]:
    """Return so many different texts about each theme, and what each is about."""
    themes, space, fillers = CORPORA[language]
    dice = Random(seed)
    texts: list[str] = []
    labels: list[set[str]] = []
    for number in range(each):
        for theme, phrases in themes.items():
            before, after = dice.sample(fillers, 2)
            said = [before, dice.choice(phrases), after, str(seed * 1000 + number)]
            texts.append(space.join(said))
            labels.append({theme})
    return texts, labels


@dataclass(frozen=True)
class Voices:
    """Themes, comments that nobody has tagged, and what those are about."""

    themes: list[Theme]
    others: list[int]
    truth: dict[int, Theme]


def voices(session: Session, cast: Cast, *, tagged: int, others: int) -> Voices:
    """Let Ida hear and tag so many comments about each theme, and so many others untagged."""
    names = sorted(_ENGLISH)
    themes = {name: theming.add(session, name, by=cast.ida, at=BEGUN) for name in names}
    for text, (name,) in zip(*spoken("English", tagged), strict=True):
        theming.tag(session, [_heard(session, cast, text)], themes[name], by=cast.ida, at=BEGUN)
    truth = {
        _heard(session, cast, text): themes[name]
        for text, (name,) in zip(*spoken("English", others, seed=9), strict=True)
    }
    return Voices(list(themes.values()), list(truth), truth)


def _heard(session: Session, cast: Cast, text: str) -> int:
    heard = hearing.heard(session, text, on=BEGUN.date(), by=cast.ida, at=BEGUN)
    return heard.comments[0].id
