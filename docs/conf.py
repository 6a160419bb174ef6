"""How the documentation is built: Markdown, one theme, nothing loaded from elsewhere."""

import datetime as dt
import enum
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from descriptions import PARTS  # The folder has to be on the path first.

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

# In the constructor that attrs writes, a default stands like this.
DEFAULT = re.compile(r"attr_dict\['(\w+)'\]\.default")

# What is no literal, and nothing that a reader could write either.
UNTOLD = re.compile(r"(?<== )_\w+|\bNOTHING\b")


def write(value: object) -> str:
    """Return a default as one would write it by hand."""
    if isinstance(value, dt.timedelta):
        units = ("hours", 3600), ("minutes", 60), ("seconds", 1)
        seconds = value.total_seconds()
        unit, length = next((each for each in units if seconds % each[1] == 0), units[-1])
        return f"timedelta({unit}={seconds / length:g})" if seconds else "timedelta(0)"
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, tuple):
        return f"({', '.join(map(write, value))}{',' * (len(value) == 1)})"
    if isinstance(value, Mapping):
        return "{}" if not value else repr(value)
    if attrs.has(type(value)):
        return f"{type(value).__name__}()"
    return getattr(value, "__name__", None) or repr(value)


class Described(SphinxDirective):
    """A part of the reference that is written from the code: `{described} settings`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return what the part says now."""
        return self.parse_text_to_nodes(PARTS[self.arguments[0]](), allow_section_headings=True)


def tell_plainly(
    _app: Sphinx, _what: str, _name: str, of: object, _options: object, told: str | None, gives: str | None
) -> tuple[str | None, str | None]:
    """Write the defaults in a signature as one would write them by hand."""
    if told is not None and isinstance(of, type) and attrs.has(of):
        defaults = {field.name: field.default for field in attrs.fields(of)}
        told = DEFAULT.sub(lambda match: write(defaults[match[1]]), told)
    return told and UNTOLD.sub("...", told), gives


def setup(app: Sphinx) -> None:
    """Add what this documentation needs beyond its extensions."""
    app.add_directive("described", Described)
    app.connect("autodoc-process-signature", tell_plainly)
