"""The fields of bodies, each with its bounds."""

import datetime as dt
from typing import Annotated

import msgspec

from scheduling_core.appointments import LONGEST_NAME, LONGEST_NOTES
from scheduling_core.checks import LONGEST_ID
from scheduling_web.api.times import LONGEST_MINUTES

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME, examples=["Ann Example"])]
Start = Annotated[dt.datetime, msgspec.Meta(tz=True, examples=["2030-01-31T09:00:00+01:00"])]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_MINUTES, examples=[30])]
TypeName = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)]
Notes = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTES)]
