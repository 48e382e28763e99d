"""The console: what is printed, and what is said when it cannot be."""

from io import StringIO

import pytest

from alerts.channels import console
from alerts.render import text
from monitor.errors import DeliveryError
from monitor.settings import Channel
from tests.sample_alerts import NOW
from tests.told import TOLD, message


def test_the_console_prints_the_text() -> None:
    out = StringIO()
    console.send(message(), Channel("console"), {}, NOW, out)
    assert out.getvalue() == text(TOLD) + "\n"


def test_the_console_is_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    console.send(message(), Channel("console"), {}, NOW)
    assert capsys.readouterr().out == text(TOLD) + "\n"


def test_a_console_that_is_gone_is_a_delivery_error() -> None:
    class Broken(StringIO):
        def write(self, words: str) -> int:
            raise BrokenPipeError("Broken pipe")

    with pytest.raises(DeliveryError, match="could not be printed") as caught:
        console.send(message(), Channel("console"), {}, NOW, Broken())
    assert not caught.value.permanent
