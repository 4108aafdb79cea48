"""Takes the pictures of the README from the demo company, on an installation of its own."""

import base64
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "docs" / "img"
MOST_BYTES = 250_000
WIDE, HIGH = 1280, 1000
PATIENCE = 60.0  # seconds until the server answers
# The picture's commonest shades that are not near each other, and each pixel's place among them.
SHADES = """async address => {
  const picture = new Image(), counts = new Map(), places = new Map()
  picture.src = address
  await picture.decode()
  const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d")
  pen.drawImage(picture, 0, 0)
  const drawn = pen.getImageData(0, 0, picture.width, picture.height).data, keys = []
  for (let i = 0; i < drawn.length; i += 4) keys.push(drawn.slice(i, i + 3).join())
  keys.forEach(key => counts.set(key, (counts.get(key) || 0) + 1))
  const palette = []
  const far = (a, b) => a.reduce((sum, shade, n) => sum + (shade - b[n]) ** 2, 0)
  for (const key of [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a))) {
    const shade = key.split(",").map(Number)
    if (palette.length < 256 && palette.every(one => far(one, shade) > 50)) palette.push(shade)
  }
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
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
        environ = {**os.environ, "FLASK_APP": "wsgi.py", "CXQUEST_INSTANCE_PATH": folder}
        environ |= {"PORT": port, "CXQUEST_LOG_LEVEL": "ERROR", "CXQUEST_DATABASE_URL": ""}
        flask(environ, "db", "upgrade")
        flask(environ, "demo", "load")
        first = json.loads(flask(environ, "demo", "accounts", "--json"))["accounts"][0]
        free.close()
        with served(environ, int(port)):
            take(f"http://127.0.0.1:{port}", first["email"], first["password"])


def flask(environ: dict[str, str], *command: str) -> str:
    """Run a command of the product and return the last line that it printed."""
    words = [sys.executable, "-m", "flask", *command]
    done = subprocess.run(words, cwd=PROJECT, env=environ, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return (done.stdout.strip().splitlines() or [""])[-1]


@contextmanager
def served(environ: dict[str, str], port: int) -> Iterator[None]:
    """Serve the installation meanwhile."""
    words = [sys.executable, "-m", "flask", "serve", "--no-worker"]
    server = subprocess.Popen(words, cwd=PROJECT, env=environ, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()


def take(address: str, email: str, password: str) -> None:
    """Sign in and take a picture of the journey, of a closed quest and of the pain points."""
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
        page.goto("/sign-in")
        page.fill("[name=email]", email)
        page.fill("[name=password]", password)
        page.click("main button[type=submit]")
        page.goto("/journey")
        keep("journey", page, drawing)
        page.goto("/quests?state=closed")
        page.click("main tbody th a")
        page.wait_for_selector(".seals")
        keep("quest", page, drawing)
        page.goto("/pains")
        keep("pains", page, drawing)
        browser.close()


def keep(name: str, page: Page, drawing: Page) -> None:
    """Write the picture of what is on the page."""
    page.evaluate("document.fonts.ready")
    picture = lighter(drawing, page.screenshot())
    file = FOLDER / f"{name}.png"
    file.write_bytes(picture)
    print(f"{file.relative_to(PROJECT)}  {len(picture) // 1000} kB")
    if len(picture) > MOST_BYTES:
        sys.exit(f"{file.name} weighs more than {MOST_BYTES // 1000} kB.")


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


if __name__ == "__main__":
    main()
