"""Takes the pictures of the README from the demo company, on an installation of its own."""

import os
import sys
import tempfile
import threading
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
        take(settings.base_url, {"journey": "/journey", "quest": f"/quests/{quest_id}", "pains": "/pains"})


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
        page = context.new_page()
        sign_in(page)
        for name, path in pages.items():
            page.goto(path)
            page.evaluate("document.fonts.ready")
            file = FOLDER / f"{name}.png"
            page.screenshot(path=file)
            size = file.stat().st_size
            print(f"{file.relative_to(ROOT)}  {size // 1000} kB")
            if size > MOST_BYTES:
                sys.exit(f"{file.name} weighs more than {MOST_BYTES // 1000} kB.")
        browser.close()


def sign_in(page: Page) -> None:
    """Sign in as the first of the demo's people."""
    page.goto("/sign-in")
    page.fill("[name=email]", company.SHOWN[0][1])
    page.fill("[name=password]", company.founding.PASSWORD)
    page.click("main button[type=submit]")


if __name__ == "__main__":
    main()
