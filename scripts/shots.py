"""Takes the pictures of the README from the demo company, on an installation of its own."""

import base64
import os
import struct
import sys
import tempfile
import threading
import zlib
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cxquest import create_app
from cxquest.config import Settings
from cxquest.core import clock
from cxquest.demo import company
from cxquest.extensions import db
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest
from cxquest.serving import listening

FOLDER = ROOT / "docs" / "img"
MOST_BYTES = 250_000
WIDE, HIGH = 1280, 1000
# The picture's commonest shades, and each pixel's place among them.
SHADES = """async address => {
  const picture = new Image(), counts = new Map(), places = new Map()
  picture.src = address
  await picture.decode()
  const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d")
  pen.drawImage(picture, 0, 0)
  const drawn = pen.getImageData(0, 0, picture.width, picture.height).data, keys = []
  for (let i = 0; i < drawn.length; i += 4) keys.push(drawn.slice(i, i + 3).join())
  keys.forEach(key => counts.set(key, (counts.get(key) || 0) + 1))
  const palette = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a)).slice(0, 256)
    .map(key => key.split(",").map(Number))
  const far = (a, b) => a.reduce((sum, shade, n) => sum + (shade - b[n]) ** 2, 0)
  for (const key of counts.keys()) {
    const shade = key.split(",").map(Number)
    places.set(key, palette.reduce((best, one, n) =>
      far(one, shade) < far(palette[best], shade) ? n : best, 0))
  }
  const pixels = keys.map(key => String.fromCharCode(places.get(key))).join("")
  return [picture.width, picture.height, palette.flat(), pixels]
}"""


def main() -> None:
    """Make the company, serve it, take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            CXQUEST_INSTANCE_PATH=Path(folder),
            CXQUEST_SECRET_KEY="k" * 64,
            CXQUEST_LOG_LEVEL="ERROR",
            PORT=int(os.environ.get("PORT", "8765")),
        )
        app = create_app(settings)
        quest_id = filled(app)
        server = listening(app, settings)
        threading.Thread(target=server.run, daemon=True).start()
        pages = {"journey": "/journey", "quest": f"/quests/{quest_id}", "pains": "/pains"}
        take(settings.base_url, pages)


def filled(app: Flask) -> int:
    """Load the demo company; return the quest whose proof is complete."""
    with app.app_context():
        upgrade()
        with Session(db.engine) as session:
            company.load(session, clock.now())
            session.commit()
            closed = select(Quest.id).where(Quest.state == State.CLOSED).order_by(Quest.id.desc())
            return session.scalars(closed).first() or 1


def take(address: str, pages: dict[str, str]) -> None:
    """Sign in as the demo's employee and take a picture of each page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CXQUEST_CHROMIUM"], args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(
            base_url=address,
            viewport={"width": WIDE, "height": HIGH},
            color_scheme="light",
            reduced_motion="reduce",
        )
        page, drawing = context.new_page(), browser.new_page()
        sign_in(page)
        for name, path in pages.items():
            page.goto(path)
            page.evaluate("document.fonts.ready")
            file = FOLDER / f"{name}.png"
            file.write_bytes(lighter(drawing, page.screenshot()))
            size = file.stat().st_size
            print(f"{file.relative_to(ROOT)}  {size // 1000} kB")
            if size > MOST_BYTES:
                sys.exit(f"{file.name} weighs more than {MOST_BYTES // 1000} kB.")
        browser.close()


def lighter(drawing: Page, picture: bytes) -> bytes:
    """Return the picture with a palette, which weighs a third."""
    given = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    width, height, palette, pixels = drawing.evaluate(SHADES, given)
    places = pixels.encode("latin-1")
    rows = b"".join(b"\0" + places[y * width : (y + 1) * width] for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", bytes(palette)),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )


def sign_in(page: Page) -> None:
    """Sign in as the first of the demo's people."""
    page.goto("/sign-in")
    page.fill("[name=email]", company.SHOWN[0][1])
    page.fill("[name=password]", company.founding.PASSWORD)
    page.click("main button[type=submit]")


if __name__ == "__main__":
    main()
