"""A fake Cal.com that remembers what it is told, for tests and for trying things out.

`FakeCalCom` is the server, `connect` puts it behind a client without a network, `create_app` makes it an ASGI
application and `Server` serves it on this machine, as `python -m scheduling_calcom.testing` does.

>>> from scheduling_calcom import Account, ApiKey, CalComClient
>>> fake = FakeCalCom().furnish()
>>> with CalComClient(Account(ApiKey(KEY)), transport=connect(fake)) as client:
...     [event_type.slug for event_type in client.list_event_types()]
['short', 'long', 'either']
"""

from scheduling_calcom.testing import faults
from scheduling_calcom.testing.asgi import create_app
from scheduling_calcom.testing.fake import KEY, FakeCalCom
from scheduling_calcom.testing.faults import Fault
from scheduling_calcom.testing.hooks import Delivery
from scheduling_calcom.testing.messages import Answer, Asked
from scheduling_calcom.testing.sender import Mischief, WebhookSender
from scheduling_calcom.testing.server import Server
from scheduling_calcom.testing.times import ManualTime
from scheduling_calcom.testing.transport import connect
from scheduling_calcom.testing.world import Quirks, World

__all__ = [
    "KEY",
    "Answer",
    "Asked",
    "Delivery",
    "FakeCalCom",
    "Fault",
    "ManualTime",
    "Mischief",
    "Quirks",
    "Server",
    "WebhookSender",
    "World",
    "connect",
    "create_app",
    "faults",
]
