"""Secrets: in a variable or in a file, and never in a message."""

from pathlib import Path

import pytest

from alerts.message import secret
from monitor.errors import DeliveryError

PASSWORD = "s3cr3t-CANARY"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_may_lie_in_a_file(tmp_path: Path, ending: str) -> None:
    (tmp_path / "password").write_bytes(f" {PASSWORD}\n ".encode() + ending.encode())
    environ = {"MAIL_PW_FILE": str(tmp_path / "password")}
    assert secret(environ, "MAIL_PW") == f" {PASSWORD}\n "
    assert secret({**environ, "MAIL_PW": "nearer"}, "MAIL_PW") == "nearer"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "No such file or directory", id="no file"),
        pytest.param(b"\xffCANARY", "not UTF-8", id="not text"),
        pytest.param(b"\n", "is empty", id="empty"),
    ],
)
def test_a_file_without_a_secret_is_named_with_its_variable(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DeliveryError, match=said) as caught:
        secret({"MAIL_PW_FILE": str(file)}, "MAIL_PW")
    assert f"{file}, which MAIL_PW_FILE names, " in str(caught.value)
    assert not caught.value.permanent
    assert "CANARY" not in str(caught.value)


def test_neither_variable_nor_file_is_an_error_that_names_both() -> None:
    with pytest.raises(DeliveryError, match="MAIL_PW is not set; set it, or MAIL_PW_FILE"):
        secret({"MAIL_PW": "", "MAIL_PW_FILE": ""}, "MAIL_PW")
