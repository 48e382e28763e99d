"""The API as its own description says, by examples that nobody thought of: no 5xx, and every form as described."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.desks import BASE, home_at, open_desk

WITHOUT_PARAMETERS = ("/", "/status", "/organizations")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="module")
def described(demo_world: Path) -> Iterator[schemathesis.BaseSchema]:
    with open_desk(home_at(demo_world)) as desk:
        yield schemathesis.openapi.from_asgi("/api/v1/openapi.json", _called_by_its_name(desk.app))


def _called_by_its_name(application: ASGIApp) -> ASGIApp:
    """The desk answers to no other name."""

    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        others = [pair for pair in scope.get("headers", []) if pair[0] != b"host"]
        host = (b"host", urlsplit(BASE).netloc.encode())
        await application({**scope, "headers": [host, *others]}, receive, send)

    return called


FEW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_is_as_it_says(described: schemathesis.BaseSchema, mode: GenerationMode) -> None:
    operations = [one.ok() for one in described.get_all_operations()]
    assert len(operations) == 14
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and operation.path in WITHOUT_PARAMETERS:
            continue

        @FEW
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS)

        holds()
