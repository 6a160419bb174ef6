"""As much SVG as the pictures of the documentation need: boxes, bars, lines and words, on paper of their own.

A picture shows itself light or dark as the reader's system is. It brings its own paper, so that it can be
read on any page.
"""

from collections.abc import Sequence
from html import escape

STYLE = """\
    .paper { fill: #ffffff; stroke: #d5dbe1 }
    .ink { fill: #1f2328 } .dim { fill: #59636e } .bright { fill: #ffffff }
    .line { stroke: #7d8791; stroke-width: 1.2; fill: none } .faint { stroke: #d5dbe1; fill: none }
    .head { fill: #7d8791 }
    .plain { fill: #f3f5f7; stroke: #c3cad1 }
    .good { fill: #0f7a55 } .bad { fill: #c23b2e } .calm { fill: #2f5fc4 }
    .good-soft { fill: #e2f3ec; stroke: #0f7a55 } .bad-soft { fill: #fbe9e7; stroke: #c23b2e }
    .calm-soft { fill: #e8eefb; stroke: #2f5fc4 }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #161b22; stroke: #343c45 }
      .ink { fill: #e6edf3 } .dim { fill: #a0aab4 } .bright { fill: #0d1117 }
      .line { stroke: #8b95a0 } .faint { stroke: #343c45 } .head { fill: #8b95a0 }
      .plain { fill: #20272f; stroke: #4a535d }
      .good { fill: #47c294 } .bad { fill: #f08a7e } .calm { fill: #86aef7 }
      .good-soft { fill: #14322a; stroke: #47c294 } .bad-soft { fill: #3a1f1c; stroke: #f08a7e }
      .calm-soft { fill: #1a2843; stroke: #86aef7 }
    }
    text { font: 14px system-ui, "DejaVu Sans", sans-serif }
    .small { font-size: 12px } .strong { font-weight: 600 }
"""

HEAD = """\
<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">\
<path class="head" d="M0,0 L8,4 L0,8 z"/></marker>"""


class Picture:
    """A picture in the making: *title* is what is told to those who cannot see it; lengths are pixels."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self._size = width, height
        self._title = title
        self._parts: list[str] = []

    def box(self, x: float, y: float, width: float, height: float, style: str, *, round: float = 6) -> None:
        """Draw a rectangle."""
        size = f'width="{width:g}" height="{height:g}" rx="{round:g}"'
        self._parts.append(f'<rect class="{style}" x="{x:g}" y="{y:g}" {size}/>')

    def dot(self, x: float, y: float, radius: float, style: str) -> None:
        """Draw a disc."""
        self._parts.append(f'<circle class="{style}" cx="{x:g}" cy="{y:g}" r="{radius:g}"/>')

    def words(self, x: float, y: float, text: str, style: str = "ink", *, at: str = "start") -> None:
        """Write *text* beginning at, centred on or ending at (x, y), the foot of its letters."""
        self._parts.append(
            f'<text class="{style}" x="{x:g}" y="{y:g}" text-anchor="{at}">{escape(text)}</text>'
        )

    def line(
        self, points: Sequence[tuple[float, float]], style: str = "line", *, arrow: bool = False
    ) -> None:
        """Draw a line through all *points*, with a head at the end if it is an arrow."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        head = ' marker-end="url(#head)"' if arrow else ""
        self._parts.append(f'<polyline class="{style}" points="{path}"{head}/>')

    def __str__(self) -> str:
        width, height = self._size
        title = escape(self._title)
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">',
            f"<title>{title}</title>",
            f"<style>\n{STYLE}</style>",
            f"<defs>{HEAD}</defs>",
            f'<rect class="paper" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>',
            *self._parts,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"
