"""The commands that serve."""

import contextlib
import functools
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import click
from litestar import Litestar

from scheduling_core import Scheduler
from scheduling_web import demo
from scheduling_web.api.bundle import find_bundle
from scheduling_web.app import create_app
from scheduling_web.resources import Database, open_database, watch, working_beside
from scheduling_web.serving import address_of, listen, serve, stopping_well
from scheduling_web.settings import Settings, read_settings, require_secrets


@click.command("demo")
@click.option("--host", help="The address to listen on, 127.0.0.1 if not given.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 is any that is free.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=demo.FOLDER,
    show_default=True,
    help="The folder that keeps everything.",
)
@click.option("--json", "as_json", is_flag=True, help="Print address and sign-in as one line of JSON.")
def run_demo(host: str | None, port: int | None, data: Path, *, as_json: bool) -> None:
    """Serve with a database, a user and opening hours, which are made where they are missing."""
    with stopping_well():
        kept = demo.open_folder(data)
        settings = read_settings(demo.environment(data, kept, os.environ))
        with contextlib.ExitStack() as stack:
            database = stack.enter_context(open_database(settings))
            scheduler = Scheduler(database.storage)
            user = demo.make_user(database.accounts, scheduler, kept)
            listener = stack.enter_context(listen_near(host or settings.host, port, settings.port))
            url = address_of(listener)
            app = stack.enter_context(prepared(settings, database, url))

            def tell() -> None:
                if as_json:
                    told = {"url": url, "username": kept.username, "password": kept.password}
                    click.echo(json.dumps(told))
                else:
                    click.echo(demo.greet(url, data, kept, scheduler, user))

            serve(app, listener, tell, notice=settings.stop_notice, is_https=settings.is_https)


@click.command("serve")
@click.option("--host", help="The address to listen on, in place of SCHEDULING_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port, in place of SCHEDULING_PORT.")
def run_service(host: str | None, port: int | None) -> None:
    """Serve, after bringing the database up to date."""
    settings = read_settings(os.environ)
    require_secrets(settings)
    with contextlib.ExitStack() as stack:
        stack.enter_context(stopping_well())
        database = stack.enter_context(open_database(settings))
        wanted = settings.port if port is None else port
        listener = stack.enter_context(listen(host or settings.host, wanted))
        url = address_of(listener)
        app = stack.enter_context(prepared(settings, database, url))
        ready = functools.partial(click.echo, f"serving on {url}", err=True)
        serve(app, listener, ready, notice=settings.stop_notice, is_https=settings.is_https)


@contextlib.contextmanager
def prepared(settings: Settings, database: Database, address: str) -> Iterator[Litestar]:
    """Hold the service over a database, with the pages of this installation, and what works beside it."""
    metrics = watch(database)
    app = create_app(
        settings,
        storage=database.storage,
        accounts=database.accounts,
        metrics=metrics,
        address=address,
        bundle=find_bundle(),
    )
    with working_beside(settings, database, metrics):
        yield app


def listen_near(host: str, port: int | None, usual: int) -> socket.socket:
    """Listen on the port that was asked for; if none was, on the usual one, or any other if it is taken."""
    if port is not None:
        return listen(host, port)
    try:
        return listen(host, usual)
    except OSError:
        return listen(host, 0)
