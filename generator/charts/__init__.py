"""Charts written as text: a flow chart or a bar chart, drawn once as an SVG that page and paper share.

Drawn without fonts, since the site shows those of the reader's machine: a text's room is reckoned with wide letters.
"""

from __future__ import annotations

import re

from generator.charts import bars, flow
from generator.charts.draw import Fault

CHARTS = {"流程图": flow.make, "条形图": bars.make}
# A help line keeps its placeholder, by which it is checked against the library; a drawing knows no other value.
_NUMBER = re.compile(r"\{\{[ ]*(?:号码|热线)[ ]+(\d+)[ ]*\}\}")


def chart(name: str, title: str, text: str) -> tuple[str, list[Fault]]:
    """Return the chart `name` (a key of CHARTS) as an HTML figure that is safe to show, and its faults.

    A faulty chart is an empty text; the same text gives the same bytes wherever Graphviz has the same version.
    """
    text = _NUMBER.sub(r"\1", text)
    faults = [] if title else [Fault(-1, "C520", {"name": name})]
    for number, line in enumerate([title, *text.split("\n")], -1):
        if "{{" in line:
            faults.append(Fault(number, "C528", {"line": line.strip()}))
    html, more = CHARTS[name](title, text)
    return ("", [*faults, *more]) if faults else (html, more)
