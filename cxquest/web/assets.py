"""Static files: copied and compressed once under the hash of their content, cached for ever."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

FOREVER = 31_536_000


def init_app(app: Flask, source: Path, instance: Path) -> None:
    """Serve `source` at /static/<hash>/, and give templates `asset(path)` for its addresses."""
    build = _digest(source)
    folder = _built(source, instance / "static" / build)
    files = WhiteNoise(app.wsgi_app, max_age=FOREVER, charset="utf-8")
    files.add_files(str(folder), prefix=f"static/{build}/")
    app.wsgi_app = files  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = lambda path: f"/static/{build}/{path}"


def _digest(source: Path) -> str:
    whole = hashlib.sha256()
    for file in sorted(source.rglob("*")):
        if file.is_file():
            whole.update(str(file.relative_to(source)).encode())
            whole.update(file.read_bytes())
    return whole.hexdigest()[:12]


def _built(source: Path, target: Path) -> Path:
    """Copy and compress into a folder of its own and rename it, so that two starts may race."""
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(source, work, dirs_exist_ok=True)
    compressor = Compressor(log=lambda _: None, quiet=True)
    for file in list(work.rglob("*")):
        if file.is_file() and compressor.should_compress(file.name):
            for _ in compressor.compress(str(file)):
                pass
    try:
        work.rename(target)
    except OSError:
        shutil.rmtree(work)
    return target
