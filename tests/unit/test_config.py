"""Settings: read once, refused with the fix in the message."""

import stat
from pathlib import Path

import pytest

from cxquest import config
from cxquest.config import Settings, WrongSetting


def load(folder: Path, **given: str) -> Settings:
    return config.load({"CXQUEST_INSTANCE_PATH": str(folder), **given})


def test_defaults_are_sqlite_in_the_instance_folder(tmp_path: Path) -> None:
    settings = load(tmp_path / "new")
    assert settings.database_url == f"sqlite:///{tmp_path}/new/cxquest.db"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert (tmp_path / "new").is_dir()


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = load(tmp_path), load(tmp_path)
    assert len(first.CXQUEST_SECRET_KEY) == 64
    assert first.CXQUEST_SECRET_KEY == second.CXQUEST_SECRET_KEY
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_an_empty_key_file_is_never_a_key(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(WrongSetting, match="secret_key"):
        load(tmp_path)


def test_the_file_speaks_where_the_environment_is_silent(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text('PORT = 9000\nHOST = "0.0.0.0"\n')
    settings = load(tmp_path, PORT="9001")
    assert (settings.HOST, settings.PORT) == ("0.0.0.0", 9001)


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("CXQUEST_DATABASE_URL", "postgresql://localhost/x", "postgresql\\+psycopg://"),
        ("CXQUEST_DATABASE_URL", "mysql://localhost/x", "start it with sqlite"),
        ("CXQUEST_SECRET_KEY", "short", "at least 32 characters"),
        ("CXQUEST_MAIL_URL", "smtp://", "smtp://user:password@host:port"),
        ("CXQUEST_MAIL_URL", "smtp://mail:port", "smtp://user:password@host:port"),
        ("CXQUEST_BASE_URL", "cxquest.example", "start it with http"),
        ("CXQUEST_TIME_ZONE", "Mars/Olympus", "Europe/Copenhagen"),
        ("PORT", "70000", "Port that the server listens on"),
        ("PORT", "http", "Port that the server listens on"),
        ("CXQUEST_THREADS", "0", "Threads of the server"),
        ("CXQUEST_LOG_LEVEL", "LOUD", "DEBUG"),
        ("CXQUEST_HTTPS", "perhaps", "Set to 1"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_fix(
    tmp_path: Path, name: str, value: str, fix: str
) -> None:
    with pytest.raises(WrongSetting, match=fix) as refused:
        load(tmp_path, **{name: value})
    assert name in str(refused.value)


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text("CXQUEST_PORT = 9000\n")
    with pytest.raises(WrongSetting, match="CXQUEST_PORT: there is no such setting"):
        load(tmp_path)


def test_a_file_that_is_not_python_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text("PORT: = 9000\n")
    with pytest.raises(WrongSetting, match=r"config\.py"):
        load(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(WrongSetting, match="CXQUEST_INSTANCE_PATH"):
        load(tmp_path / "taken")


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting) as refused:
        load(tmp_path, PORT="x", CXQUEST_TIME_ZONE="y")
    assert "PORT" in str(refused.value)
    assert "CXQUEST_TIME_ZONE" in str(refused.value)
