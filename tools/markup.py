"""The few pieces of Markdown that the written parts of the reference are made of."""

import json
from collections.abc import Iterable


def code(text: str) -> str:
    """Return *text* set as code; a bar would end the cell of a table."""
    return f"`{text}`".replace("|", "\\|")


def codes(texts: Iterable[str]) -> str:
    """Return several texts set as code."""
    return ", ".join(code(text) for text in texts)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table, without the columns in which nothing stands; nothing at all without rows."""
    cells = list(rows)
    kept = [at for at in range(len(head)) if any(row[at] for row in cells)]
    lines = [head, tuple("---" for _ in head), *cells]
    return "\n".join("| " + " | ".join(line[at] for at in kept) + " |" for line in lines) if cells else ""


def in_json(example: object) -> str:
    """Return a block with an example."""
    return f"```json\n{json.dumps(example, indent=2, ensure_ascii=False)}\n```"
