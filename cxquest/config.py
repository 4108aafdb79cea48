"""Every setting, once: name, type, default and a sentence. A wrong one is refused at start.

Settings come from the environment or, where it is silent, from `config.py` in the instance
folder (the same names, as Python values).
"""

import contextlib
import os
import runpy
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cxquest.core import zones

MAIL_SCHEMES = ("smtp", "smtps", "smtp+plain")
PROJECT = Path(__file__).resolve().parent.parent


class WrongSetting(Exception):
    """A setting that the program cannot start with; the message says how to mend it."""


class Settings(BaseModel):
    """The settings of one installation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    CXQUEST_INSTANCE_PATH: Path = Field(
        default=PROJECT / "instance",
        description="Folder for the database, the secret key and config.py; made if absent.",
    )
    CXQUEST_DATABASE_URL: str = Field(
        default="",
        description="SQLAlchemy URL; empty means SQLite in the instance folder. "
        "PostgreSQL is written postgresql+psycopg://user:password@host/name.",
    )
    HOST: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    PORT: int = Field(default=8000, ge=1, le=65535, description="Port that the server listens on.")
    CXQUEST_BASE_URL: str = Field(
        default="",
        description="Address that people use, for links in mails; empty means http://HOST:PORT.",
    )
    CXQUEST_HTTPS: bool = Field(
        default=False,
        description="Set to 1 when people reach the product over HTTPS: cookies become secure "
        "and browsers are told to stay on HTTPS.",
    )
    CXQUEST_PROXIES: int = Field(
        default=0,
        ge=0,
        le=5,
        description="How many reverse proxies stand in front and set X-Forwarded-For and -Proto.",
    )
    CXQUEST_SECRET_KEY: str = Field(
        default="",
        description="Key that signs cookies, 32 characters or more; empty means the one that "
        "is generated into the instance folder on first start.",
    )
    CXQUEST_MAIL_URL: str = Field(
        default="console:",
        description="Where mail goes: console: prints it; smtp://user:password@host:587 sends "
        "it with STARTTLS, smtps:// with TLS from the start, smtp+plain:// without.",
    )
    CXQUEST_MAIL_FROM: str = Field(
        default="CXQuest <cxquest@localhost>", description="Sender of every mail."
    )
    CXQUEST_SESSION_DAYS: int = Field(
        default=14, ge=1, le=90, description="Days after which a sign-in ends by itself."
    )
    CXQUEST_THREADS: int = Field(
        default=8, ge=1, le=64, description="Threads of the server; one request each."
    )
    CXQUEST_TIME_ZONE: str = Field(
        default="UTC",
        description="Time zone of a new organisation, until an administrator changes it.",
    )
    CXQUEST_LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least severe lines that are logged."
    )

    @field_validator("CXQUEST_DATABASE_URL")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("start it with sqlite:/// or postgresql+psycopg://")
        return url

    @field_validator("CXQUEST_SECRET_KEY")
    @classmethod
    def _long_key(cls, key: str) -> str:
        if key and len(key) < 32:
            raise ValueError("use at least 32 characters, or leave it empty")
        return key

    @field_validator("CXQUEST_MAIL_URL")
    @classmethod
    def _known_mail(cls, url: str) -> str:
        if url != "console:" and not _is_mail_server(url):
            raise ValueError("use console: or smtp://user:password@host:port")
        return url

    @field_validator("CXQUEST_BASE_URL")
    @classmethod
    def _whole_address(cls, url: str) -> str:
        if url and urlsplit(url).scheme not in ("http", "https"):
            raise ValueError("start it with http:// or https://")
        return url.rstrip("/")

    @field_validator("CXQUEST_TIME_ZONE")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if not zones.is_zone(name):
            raise ValueError("use a name such as Europe/Copenhagen")
        return name

    @property
    def database_url(self) -> str:
        """The database's URL, SQLite in the instance folder when none is set."""
        if self.CXQUEST_DATABASE_URL:
            return self.CXQUEST_DATABASE_URL
        return f"sqlite:///{self.CXQUEST_INSTANCE_PATH / 'cxquest.db'}"

    @property
    def base_url(self) -> str:
        """The address that people use, without a slash at its end."""
        return self.CXQUEST_BASE_URL or f"http://{self.HOST}:{self.PORT}"


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises WrongSetting, naming each wrong one and how to mend it."""
    given: dict[str, Any] = {n: environ[n] for n in Settings.model_fields if environ.get(n)}
    folder = Path(given.get("CXQUEST_INSTANCE_PATH", PROJECT / "instance")).resolve()
    given["CXQUEST_INSTANCE_PATH"] = folder
    settings = _checked({**_written_in(folder / "config.py"), **given})
    _make(folder)
    if settings.CXQUEST_SECRET_KEY:
        return settings
    return settings.model_copy(update={"CXQUEST_SECRET_KEY": _kept_key(folder / "secret_key")})


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting(
            f"  CXQUEST_INSTANCE_PATH: {folder} cannot be made ({error.strerror}). "
            "Name a folder that this account may write to."
        ) from None


def _written_in(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        names = runpy.run_path(str(file))
    except (
        SyntaxError,
        NameError,
        ImportError,
        LookupError,
        TypeError,
        ValueError,
        OSError,
    ) as error:
        raise WrongSetting(f"{file} cannot be read: {error!r}. Mend it or take it away.") from None
    return {name: value for name, value in names.items() if name.isupper()}


def _checked(given: Mapping[str, Any]) -> Settings:
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        wrong = "\n".join(_said(found["loc"], found["msg"]) for found in error.errors())
        raise WrongSetting(f"CXQuest cannot start with these settings:\n{wrong}") from None


def _is_mail_server(url: str) -> bool:
    parts = urlsplit(url)
    try:
        return parts.scheme in MAIL_SCHEMES and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # the port is no number
        return False


def _said(place: tuple[int | str, ...], message: str) -> str:
    name = str(place[0])
    if name not in Settings.model_fields:
        return f"  {name}: there is no such setting; `flask settings` lists them all."
    told = message.removeprefix("Value error, ")
    return f"  {name}: {told}. {Settings.model_fields[name].description}"


def _kept_key(file: Path) -> str:
    """Return the key in `file`, made if absent: written whole before it gets its name."""
    if not file.exists():
        work = Path(tempfile.mkstemp(dir=file.parent, prefix=".secret_key")[1])  # mode 600
        work.write_text(secrets.token_hex(32), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(work, file)  # whoever was first stays first
        work.unlink()
    key = file.read_text(encoding="ascii").strip()
    if len(key) < 32:
        raise WrongSetting(
            f"{file} holds no key. Delete it and a new one is made; everybody signs in again."
        )
    return key
