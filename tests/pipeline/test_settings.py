"""Settings: arguments before environment before file; slips are said; secrets never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_setting_has_a_help() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_without_anything_the_defaults_hold() -> None:
    assert load_settings().port == 8050
    assert load_settings().host == "127.0.0.1"


def test_arguments_come_before_the_environment_and_the_environment_before_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("parallax.toml").write_text('port = 1\nseed = 1\nhost = "h"\n')
    monkeypatch.setenv("PARALLAX_PORT", "2")
    monkeypatch.setenv("PARALLAX_SEED", "2")
    found = load_settings(port=3, seed=None)
    assert (found.port, found.seed, found.host) == (3, 2, "h")


def test_a_wrong_value_names_setting_value_and_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARALLAX_RESAMPLES", "3")
    with pytest.raises(InputError, match=r"PARALLAX_RESAMPLES or parallax\.toml: setting resamples is '3'"):
        load_settings()


def test_an_unknown_key_in_the_file_is_refused() -> None:
    Path("parallax.toml").write_text("prot = 1\n")
    with pytest.raises(InputError, match="prot"):
        load_settings()


def test_a_broken_file_is_named() -> None:
    Path("parallax.toml").write_text("port = \n")
    with pytest.raises(InputError, match=r"parallax\.toml"):
        load_settings()


def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARALLAX_MEDIACLOUD_KEY", "abc123")
    found = load_settings()
    assert "abc123" not in f"{found!r} {found} {found.model_dump_json()}"
    assert found.mediacloud_key is not None
    assert found.mediacloud_key.get_secret_value() == "abc123"
