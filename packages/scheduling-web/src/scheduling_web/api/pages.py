"""Pages of plain HTML, without scripts or styles: where things are, and what each problem means."""

import html
import re

from litestar import MediaType, Router, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from scheduling_web.api import document
from scheduling_web.api.authentication import PUBLIC
from scheduling_web.api.problem_types import ProblemType, problem_types

_CODE = re.compile("`([^`]*)`")
_FRAME = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""

_NO_BUNDLE = """\
<p>This installation has no pages for people: they were not built with it. In a checkout,
<code>python3 dev.py pages build</code> builds them or says what is in the way.</p>
"""
_FOR_PROGRAMS = f"""\
<p>This service books appointments: it lists the free slots of a host, books them, and says every reason
when a time is refused.</p>
<h2>Programs</h2>
<ul>
<li><a href="{document.ADDRESS}/openapi.json">OpenAPI document as JSON</a></li>
<li><a href="{document.ADDRESS}/openapi.yaml">OpenAPI document as YAML</a></li>
<li><a href="/problems">Problems: what each error means</a></li>
</ul>
<h2>Addresses</h2>
<ul>
<li><code>POST /api/auth/login</code> signs in with a username and a password</li>
<li><code>POST /api/auth/refresh</code> stays signed in, and <code>POST /api/auth/logout</code> signs out</li>
<li><code>GET /api/slots?from=&amp;to=</code> lists the free slots</li>
<li><code>GET /api/slots/explain?start=</code> says every reason against a start</li>
<li><code>POST /api/appointments</code> books one</li>
<li><code>GET /api/appointments</code> lists the appointments</li>
<li><code>PUT</code> and <code>DELETE /api/appointments/{{id}}</code> change and cancel one</li>
<li><code>GET /api/appointments/{{id}}/calendar.ics</code> is one as iCalendar</li>
<li><code>POST</code> and <code>DELETE /api/feed</code> make and end a secret link for calendars</li>
<li><code>GET</code> and <code>POST /api/appointment-types</code> list and add what can be booked</li>
<li><code>GET</code> and <code>PUT /api/availability</code> read and change the opening hours</li>
</ul>
<h2>Operations</h2>
<ul>
<li><a href="/health/live">Does the process live</a></li>
<li><a href="/health/ready">Can it work</a></li>
</ul>
"""


@get("/", media_type=MediaType.HTML, sync_to_thread=False, opt=PUBLIC, include_in_schema=False)
def get_first_page() -> str:
    """Say where things are; for an installation without the pages for people."""
    return _FRAME.format(title="Scheduling", body=_NO_BUNDLE + _FOR_PROGRAMS)


@get("/programs", media_type=MediaType.HTML, sync_to_thread=False)
def get_programs() -> str:
    """Say where things are."""
    return _FRAME.format(title="Scheduling", body=_FOR_PROGRAMS)


@get("/problems", media_type=MediaType.HTML, sync_to_thread=False)
def get_problems() -> str:
    """List every kind of problem."""
    entries = "\n".join(
        f'<li><a href="{kind.address}">{html.escape(kind.title)}</a> ({kind.status})</li>'
        for kind in problem_types()
    )
    return _FRAME.format(title="Problems", body=f"<ul>\n{entries}\n</ul>")


@get("/problems/{name:str}", media_type=MediaType.HTML, sync_to_thread=False)
def get_problem(name: FromPath[str]) -> str:
    """Explain one kind of problem, at the address that is its `type`."""
    kinds: dict[str, ProblemType] = {kind.name: kind for kind in problem_types()}
    if name not in kinds:
        raise NotFoundException
    kind = kinds[name]
    meaning = _CODE.sub(r"<code>\1</code>", html.escape(kind.meaning))
    body = f"<p>Status {kind.status}. {meaning}</p>"
    return _FRAME.format(title=html.escape(kind.title), body=body)


router = Router(
    "/", route_handlers=[get_programs, get_problems, get_problem], opt=PUBLIC, include_in_schema=False
)
