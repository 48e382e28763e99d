"""The file: one line of JSON a message, whatever happened to the file before."""

import json
from pathlib import Path
from typing import Any

import pytest

from alerts.channels import file
from monitor.errors import DeliveryError
from monitor.settings import Channel
from monitor.wire import alert_json
from tests.sample_alerts import NOW
from tests.told import TOLD, message


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_file_gets_one_line_an_alert(tmp_path: Path) -> None:
    channel = Channel("file", path="out/alerts.jsonl")
    for _ in range(2):
        file.send(message(), channel, {"PLEDGEWATCH_HOME": str(tmp_path)}, NOW)
    assert lines(tmp_path / "out" / "alerts.jsonl") == [alert_json(TOLD)] * 2


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    file.send(message(), Channel("file", path=str(path)), {"PLEDGEWATCH_HOME": "/elsewhere"}, NOW)
    assert lines(path) == [alert_json(TOLD)]


def test_a_line_that_a_crash_cut_short_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text('{"schema": "pledgewa')
    file.send(message(), Channel("file", path=str(path)), {}, NOW)
    assert json.loads(path.read_text().splitlines()[1]) == alert_json(TOLD)


def test_a_file_that_cannot_be_written_is_a_delivery_error(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DeliveryError, match="folder cannot be written: Is a directory") as caught:
        file.send(message(), Channel("file", path=str(tmp_path / "folder")), {}, NOW)
    assert not caught.value.permanent
