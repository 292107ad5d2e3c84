"""How Sphinx builds these pages into a site: see `make docs`."""

import sys
from pathlib import Path

from grader import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "grader"
release = __version__
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "reference",
    "problem_pages",
    "presentation",
]

# Pages
myst_enable_extensions = ["deflist", "dollarmath"]
myst_heading_anchors = 4  # the depth to which [links](page.md#a-heading) are resolved and checked
smartquotes = False  # an option's two hyphens are not a dash

# The Python API, from its docstrings
default_role = "code"  # docstrings mark code by single backquotes
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
napoleon_use_rtype = False
napoleon_use_ivar = True  # attributes are listed once, with their types, by undoc-members

# The site makes no request to another host, and can be read from the disk.
html_theme = "furo"
pygments_dark_style = "a11y-high-contrast-dark"  # the default underlines names of modules
html_title = f"grader {release}"
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_copyright = False
html_use_index = False
html_domain_indices = False

# The copy button takes the commands of a console, without prompts and output.
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
copybutton_line_continuation_character = "\\"
