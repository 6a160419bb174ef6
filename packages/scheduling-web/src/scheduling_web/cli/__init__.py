"""The command line: one module for each group of commands."""

import sys

import click
from click.exceptions import NoArgsIsHelpError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from scheduling_core import Conflict, ExternalCalendarError, InvalidValue, NotFound, StorageUnavailable
from scheduling_web import demo, logs
from scheduling_web.accounts import UsernameTaken
from scheduling_web.accounts.passwords import HashingBroken
from scheduling_web.cli import configuration, databases, purging, serving, sync, users
from scheduling_web.resources import GuardMissing
from scheduling_web.settings import InvalidSetting

BAD_INPUT = 2
FAILED = 1


def main(words: list[str] | None = None) -> None:
    """Run a command; what goes wrong is said in one line, never in a traceback."""
    logs.configure()
    try:
        code = commands.main(words, prog_name="scheduling-web", standalone_mode=False)
    except NoArgsIsHelpError as error:
        error.show()
        sys.exit(BAD_INPUT)
    except click.Abort:
        sys.exit(FAILED)
    except click.ClickException as error:
        _fail(error.format_message(), BAD_INPUT)
    except NotFound as error:
        _fail(f"{error}: {error.id}", BAD_INPUT)
    except (InvalidSetting, InvalidValue, UsernameTaken) as error:
        _fail(str(error), BAD_INPUT)
    except (Conflict, ExternalCalendarError) as error:
        _fail(str(error), FAILED)
    except (GuardMissing, HashingBroken, demo.UnreadableFolder, OSError) as error:
        _fail(str(error), FAILED)
    except StorageUnavailable as error:
        _fail(f"the database cannot be used{_reason(error.__cause__)}", FAILED)
    except SQLAlchemyError as error:
        _fail(f"the database cannot be used{_reason(error)}", FAILED)
    sys.exit(code or 0)


def _reason(error: BaseException | None) -> str:
    """Return why a database cannot be used, to be put behind that it cannot.

    The driver's own words say which file or server it was, and no password; but those about a row quote it.
    What SQLAlchemy says in full would quote the statement, and the address with its password.
    """
    if isinstance(error, DBAPIError) and not isinstance(error, DataError | IntegrityError):
        return f": {error.orig}"
    return f" ({type(error).__name__})" if isinstance(error, SQLAlchemyError) else ""


def _fail(words: str, code: int) -> None:
    click.echo("Error: " + " ".join(words.split()), err=True)
    sys.exit(code)


@click.group()
@click.version_option(package_name="scheduling-web")
def commands() -> None:
    """Book appointments: a service, its users and its database.

    Settings are taken from the environment, as variables that begin with SCHEDULING_.
    """


for command in (
    serving.run_demo,
    serving.run_service,
    users.users,
    databases.databases,
    sync.sync,
    purging.purge_appointments,
    configuration.show_settings,
):
    commands.add_command(command)
