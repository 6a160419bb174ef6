"""How the documentation is built: Markdown, one theme, nothing loaded from elsewhere."""

project = "scheduling"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "scheduling"
html_show_copyright = False
html_show_sourcelink = False
# Headings can be linked to from other pages.
myst_heading_anchors = 3
