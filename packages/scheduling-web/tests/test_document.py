"""The OpenAPI document is whole: everything in it is described, and every example is one."""

import datetime as dt
import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis.specs.openapi.definitions import OPENAPI_31

from scheduling_web.api.problem_types import problem_types

jsonschema: Any = importlib.import_module("jsonschema")  # It comes without types.
Client = TestClient[Litestar]
Headers = dict[str, str]
Json = dict[str, Any]
OpenAnother = Callable[[dict[str, str]], AbstractContextManager[Client]]

ALL = {"SCHEDULING_METRICS_TOKEN": "m" * 32, "SCHEDULING_PUBLIC_URL": "https://booking.example"}
"""Settings under which there is more to tell."""

# A route of operations, a call of Cal.com, and files: none of them has a body of a shape of ours.
SHAPELESS = {"readMetrics", "receiveCalComCall", "getCalendar", "readFeed"}
WAITING = {"429": "Retry-After", "503": "Retry-After"}
NOWHERE = {"not-found", "method-not-allowed"}
"""Problems of the router, which belong to no operation."""


@pytest.fixture(scope="module")
def document(long_client: Client) -> Json:
    """The document."""
    found: Json = long_client.get("/schema/openapi.json").json()
    return found


def operations(document: Json) -> Iterator[Json]:
    """Yield each operation."""
    for methods in document["paths"].values():
        yield from methods.values()


def bodies(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield each body and each answer, as a media type, with a name for it."""
    for operation in operations(document):
        name = operation["operationId"]
        for media in operation.get("requestBody", {}).get("content", {}).values():
            yield f"{name} body", media
        for status, response in operation["responses"].items():
            for media in response.get("content", {}).values():
                yield f"{name} {status}", media


def examples_of(response: Json) -> Iterator[str]:
    """Yield the name of each example of an answer."""
    for media in response.get("content", {}).values():
        yield from media.get("examples", {})


def is_instant(text: object) -> bool:
    """Say whether a text is a time with its offset; raises ValueError for what is none at all."""
    return not isinstance(text, str) or dt.datetime.fromisoformat(text).tzinfo is not None


def check(document: Json, schema: Json, example: object) -> None:
    """Hold an example against its schema, the formats included."""
    formats = jsonschema.FormatChecker()
    formats.checks("date-time", raises=ValueError)(is_instant)
    whole = {"components": document["components"], **schema}
    jsonschema.Draft202012Validator(whole, format_checker=formats).validate(example)


def test_the_document_keeps_to_openapi(document: Json, open_another: OpenAnother) -> None:
    """It is valid by the schema that the makers of OpenAPI 3.1 publish, of which Schemathesis has a copy."""
    with open_another(ALL) as client:
        whole = client.get("/schema/openapi.json").json()
    for each in (document, whole):
        broken = jsonschema.Draft202012Validator(OPENAPI_31).iter_errors(each)
        assert [(error.json_path, error.message) for error in broken] == []


def test_headers_of_problems_are_told(document: Json) -> None:
    """Who is to wait is told for how long, and who has to sign in by what: so says the document, too."""
    count = 0
    for operation in operations(document):
        for status, response in operation["responses"].items():
            for kind in examples_of(response):
                header = "WWW-Authenticate" if kind == "unauthenticated" else WAITING.get(status)
                assert header is None or header in response["headers"], (operation["operationId"], kind)
                count += header is not None
    assert count > 50


def test_the_cookie_of_the_pages_is_told(document: Json, open_another: OpenAnother) -> None:
    """Which routes set it is told, which ones read it, and its name, which is another over https."""
    by_name = {operation["operationId"]: operation for operation in operations(document)}
    for name, status in (("login", "200"), ("refresh", "200"), ("changePassword", "200"), ("logout", "204")):
        assert "Set-Cookie" in by_name[name]["responses"][status]["headers"]
    assert by_name["refresh"]["security"] == [{"refreshCookie": []}, {}]
    assert by_name["logout"]["security"] == [{"bearer": []}, {"refreshCookie": []}, {}]
    with open_another(ALL) as client:
        outside = client.get("/schema/openapi.json").json()
    for each, cookie in ((document, "scheduling-refresh"), (outside, "__Secure-scheduling-refresh")):
        scheme = each["components"]["securitySchemes"]["refreshCookie"]
        assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "cookie", cookie)


def test_metrics_are_told_of_where_they_are_served(document: Json, open_another: OpenAnother) -> None:
    """They need a token of their own; elsewhere nothing in the document says that there could be any."""
    with open_another(ALL) as client:
        whole = client.get("/schema/openapi.json").json()
    assert whole["paths"]["/metrics"]["get"]["security"] == [{"metricsToken": []}]
    assert whole["components"]["securitySchemes"]["metricsToken"]["scheme"] == "bearer"
    assert "metrics" not in str(document).lower()


def test_a_call_of_calcom_is_told_in_full(document: Json) -> None:
    """It has a body, which is an object, and the signature of that in a header."""
    call = document["paths"]["/api/webhooks/calcom"]["post"]
    [signature] = call["parameters"]
    assert (signature["in"], signature["name"], signature["required"]) == (
        "header",
        "X-Cal-Signature-256",
        True,
    )
    assert call["requestBody"]["content"]["application/json"]["schema"]["type"] == "object"


def test_every_body_and_every_answer_has_an_example(document: Json) -> None:
    """Whoever reads of one sees one."""
    without = {name for name, media in bodies(document) if not media.get("examples")}
    assert {name.split()[0] for name in without} <= SHAPELESS


def test_every_example_is_one(document: Json) -> None:
    """Each fits the schema beside it, in bodies, answers, parameters and shapes."""
    count = 0
    for name, media in bodies(document):
        for example in media.get("examples", {}).values():
            try:
                check(document, media["schema"], example["value"])
            except jsonschema.ValidationError as error:
                pytest.fail(f"{name}: {error.message}")
            count += 1
    for shape in document["components"]["schemas"].values():
        for field in shape.get("properties", {}).values():
            for example in field.get("examples", ()):
                check(document, field, example)
    assert count > 100


def test_every_part_is_described(document: Json) -> None:
    """Operations, their parameters and answers, and the shapes say what they are."""
    for operation in operations(document):
        assert operation["tags"]
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (operation["operationId"], parameter["name"])
        for status, response in operation["responses"].items():
            assert response["description"], (operation["operationId"], status)
    unsaid = {
        name for name, shape in document["components"]["schemas"].items() if not shape.get("description")
    }
    assert unsaid == set()


def test_every_kind_of_problem_has_an_example(document: Json) -> None:
    """Each is told of where it can come from, and its example is of its type and status."""
    told = set()
    for _, media in bodies(document):
        for name, example in media.get("examples", {}).items():
            if name != "usual":
                told.add(name)
                problem = example["value"]
                assert problem["type"] == f"/problems/{name}"
                assert problem["message"] == problem["detail"] != ""
    assert told >= {kind.name for kind in problem_types()} - NOWHERE


def test_what_is_shown_can_be_sent(client: Client, ann: Headers, document: Json) -> None:
    """The examples of bodies are taken as they are."""
    for method, path, operation in (
        ("POST", "/api/appointment-types", "addType"),
        ("POST", "/api/appointments", "bookAppointment"),
        ("PUT", "/api/appointment-types/appointment", "replaceType"),
        ("PUT", "/api/availability", "setAvailability"),
    ):
        media = dict(bodies(document))[f"{operation} body"]
        answer = client.request(method, path, headers=ann, json=media["examples"]["usual"]["value"])
        assert answer.status_code in {200, 201}, answer.text


def test_both_forms_say_the_same(client: Client) -> None:
    """What stands in the JSON stands in the YAML, the examples too, however often it is asked for."""
    first, second = (client.get("/schema/openapi.json").json() for _ in range(2))
    assert first == second
    yaml = client.get("/schema/openapi.yaml").text
    assert "brings a dog" in yaml
    assert yaml == client.get("/schema/openapi.yml").text
