"""Settings: arguments before environment before file; slips are said; secrets never shown."""

from __future__ import annotations

import json
import traceback
from pathlib import Path

import pytest
import structlog

from pipeline.errors import InputError
from pipeline.settings import SECRET, Settings, load_settings, shown


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


@pytest.mark.parametrize("name", SECRET)
def test_no_secret_is_printed_with_the_settings(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    given = {"hook_command": "curl -H s3cr3t x", "hook_webhook": "https://hooks.example.org/s3cr3t"}
    monkeypatch.setenv(f"PARALLAX_{name.upper()}", given.get(name, "s3cr3t"))
    found = load_settings()
    assert shown(found)[name] == "**********"
    assert "s3cr3t" not in json.dumps(shown(found))
    if name != "library_url":  # which SQLAlchemy takes as it is
        assert "s3cr3t" not in f"{found!r} {found.model_dump_json()}"


@pytest.mark.parametrize("given", ["a@example.org,b@example.org", '["a@example.org", "b@example.org"]'])
def test_a_list_in_the_environment_is_words_with_commas_or_json(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PARALLAX_HOOK_MAIL_TO", given)
    assert load_settings().hook_mail_to == ("a@example.org", "b@example.org")


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("SCHEDULE_TIMEZONE", "Mars", "'Mars'; there is no such time zone"),
        ("SCHEDULE_AT", "25:00", "'25:00'"),
        ("HOOK_COMMAND", "mail 's3cr3t", "No closing quotation"),
        ("HOOK_COMMAND", " ", "give a command"),
        ("HOOK_MAIL_TO", "ops", "'ops' is no address"),
    ],
)
def test_what_is_needed_on_a_bad_night_is_checked_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, said: str
) -> None:
    monkeypatch.setenv(f"PARALLAX_{name}", given)
    with pytest.raises(InputError, match=f"PARALLAX_{name} or parallax\\.toml: setting {name.lower()} is ") as failed:
        load_settings()
    assert said in str(failed.value)
    assert "s3cr3t" not in "".join(traceback.format_exception(failed.value))


@pytest.mark.parametrize("address", ["hooks.example.org/s3cr3t", "gopher://s3cr3t", "http://[s3cr3t", "https://"])
def test_a_wrong_webhook_is_said_without_its_address(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("PARALLAX_HOOK_WEBHOOK", address)
    with pytest.raises(InputError, match="setting hook_webhook is not as it should be") as failed:
        load_settings()
    assert "s3cr3t" not in "".join(traceback.format_exception(failed.value))


def test_a_variable_that_is_no_setting_is_said_with_what_may_be_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARALLAX_KEEP_SNAPSHOT", "3")
    with structlog.testing.capture_logs() as lines:
        assert load_settings().keep_snapshots == 7
    assert [(line["variable"], line["meant"]) for line in lines] == [
        ("PARALLAX_KEEP_SNAPSHOT", "PARALLAX_KEEP_SNAPSHOTS")
    ]
