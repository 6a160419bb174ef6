"""How the documentation is built: Markdown, one theme, nothing loaded from elsewhere."""

import re
import sys
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from reference import PARTS  # The folder has to be on the path first.

project = "scheduling"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "scheduling"
html_show_copyright = False
html_show_sourcelink = False
# Headings can be linked to from other pages.
myst_heading_anchors = 3

# In docstrings, `name` is a link where there is such a name, and code where there is none.
default_role = "py:obj"
add_module_names = False
autodoc_default_options = {"members": True}
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 80
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

# How values that are no literals are told in a signature.
PLAINER = (
    (re.compile(r"BookingPolicy\(slot_interval=.*?any_start=False\)"), "BookingPolicy()"),
    (re.compile(r"datetime\.timedelta\(seconds=(\d+)\)"), lambda of: in_minutes(int(of[1]))),
    (re.compile(r"~?\bdatetime\.(?=\w)"), ""),
    (re.compile(r"= _\w+"), "= ..."),
    (re.compile(r"<function (\w+)>"), r"\1"),
    (re.compile(r"Metadata\(0 entries\)"), "{}"),
    (re.compile(r"\bNOTHING\b"), "..."),
)


def in_minutes(seconds: int) -> str:
    """Return a span of time as one would write it."""
    minutes, rest = divmod(seconds, 60)
    return f"timedelta(seconds={seconds})" if rest else f"timedelta(minutes={minutes})"


class Described(SphinxDirective):
    """A part of the reference that is written from the code: `{described} settings`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return what the part says now."""
        return self.parse_text_to_nodes(PARTS[self.arguments[0]](), allow_section_headings=True)


def tell_plainly(
    _app: Sphinx, _what: str, _name: str, _of: object, _options: object, told: str | None, gives: str | None
) -> tuple[str | None, str | None]:
    """Write values in a signature as they would be written by hand."""
    for pattern, plainer in PLAINER:
        told = told and pattern.sub(plainer, told)
    return told, gives


def setup(app: Sphinx) -> None:
    """Add what this documentation needs beyond its extensions."""
    app.add_directive("described", Described)
    app.connect("autodoc-process-signature", tell_plainly)
