from __future__ import annotations

from dataclasses import replace

import pytest

from s3doctor.cli import main
from s3doctor.cli.planned import planned
from s3doctor.connection import Connection, Setup


@pytest.mark.parametrize("setup", list(Setup))
def test_the_plan_fits_a_terminal(setup: Setup) -> None:
    text = planned(Connection("acme", datasets=("street",), setup=setup, metadata_bucket="acme-metadata"))
    assert max(map(len, text.splitlines())) <= 80
    assert "Nothing was sent." in text


@pytest.mark.parametrize(("pictures", "sizes"), [("all", True), ("none", False)])
def test_the_plan_tells_of_an_inventory(pictures: str, sizes: bool) -> None:  # noqa: FBT001 - a case
    given = Connection("acme", datasets=("street",), pictures=pictures, inventory="s3://lists/acme/manifest.json")
    text = planned(given)
    assert max(map(len, text.splitlines())) <= 80
    words = " ".join(text.split())
    assert "s3://lists/acme" in words
    assert ("10,000" in words) is sizes
    assert "s3://" not in planned(replace(given, inventory="manifest.json"))


def test_nothing_is_asked_and_no_key_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--bucket", "acme", "--dry-run", "--endpoint-url", "http://127.0.0.1:1"]) == 0
    assert "OPTIONS" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["some", "sample:", "sample:0", "sample:x", "-1"])
def test_a_wrong_number_of_pictures_is_named(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--bucket", "acme", "--dry-run", f"--pictures={given}"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert f"--pictures is '{given}': expected all, none, sample" in told


def test_a_sample_without_a_number_is_of_the_usual_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--bucket", "acme", "--dry-run", "--pictures", "sample"]) == 0
    assert "sample of 100" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(("words", "told"), [(["half"], "one word is left"), (["a", "b"], "2 words are left")])
def test_words_that_belong_to_no_option_are_not_repeated(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["checks", *words]) == 2
    assert told in capsys.readouterr().err
