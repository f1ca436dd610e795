"""Small pictures of every print master, kept in docs/pictures/print: `python -m tests.golden` draws them anew.

They are first pages of the kinds' examples. Look at each that changed before it is committed.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image

from generator import outputs, pipeline
from tests.house import KINDS, ROOT, House, examples

FOLDER = ROOT / "docs" / "pictures" / "print"
WIDTH = 420  # pixels; of a landscape sheet, too
LARGEST = 20 * 1024
TONES = 16
# Picture by name of its master, or master and edition; each is drawn from a print of an example.
PRINTS = {
    "sheet": "lesson/example",
    "handout": "lesson/example-worksheet",
    "cards": "kit/example-cases",
    "speech": "speech/example",
    "letter": "letter/example",
    "letter-large": "letter/example-large",
    "letter-halves": "letter/short-halves",
    "official": "policy/example",
    "pledge": "pledge/example",
    "form": "form/example",
    "survey": "survey/example",
    "poster": "poster/example-a3",
    "poster-colour": "poster/example-a3-colour",
    "panel": "poster/example-panels",
    "strip": "poster/example-heads",
    "letters": "poster/example-letters",
    "wallet": "card/example",
    "notice": "card/example-notice",
    "booklet": "guide/example-booklet",
    "fold": "guide/leaflet-leaflet",
    "book": "book-parents",
}


LEAFLET = """
headline: [孩子不想上学, 今晚怎么办]
lead: 先陪，先听。今晚只做三件事，明天找老师。
flap:
  title: 先记下这些
  text: |
    - 他说的时间和地点
    - 谁在场，谁看见了
    - 坏了的东西，先拍照，不要扔
inside:
  - title: 今晚，先陪先听
    text: |
      坐到孩子身边，不追问。

      ::: 这样说
      “你不想说也可以，我就在这里。”
      :::

      告诉他：这不是你的错。
  - title: 明天，去找老师
    text: |
      先找班主任{{班主任}}，电话{{班主任电话}}。

      也可以打{{热线 12355}}问一问。
  - title: 学校要做什么
    text: |
      发现欺凌，学校要立即制止，通知双方家长（{{法 wbf 39}}）。

      ::: 不要
      不要叫孩子打回去，也不要自己去找那个孩子。
      :::
"""


def draw(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """Yield each picture with its name, drawn from prints that are made in `folder`."""
    known = examples(KINDS)
    files = {
        "guide/leaflet/guide.md": known["guide/example.md"],
        "guide/leaflet/leaflet.yml": LEAFLET.lstrip(),
        "letter/short.md": known["letter/example.md"].replace("wish: 祝", "halves: true\nwish: 祝", 1),
    }
    house = House(folder, known | files)
    library, found = pipeline.check(house.project)
    assert [diagnostic.code for diagnostic in found] == []
    planned = {artifact.path: artifact for artifact in outputs.plan(library, house.project)}
    for name, path in PRINTS.items():
        made = outputs.make(planned[f"site/pdf/{path}.pdf"], house.project)
        page = pypdfium2.PdfDocument(made.data)[0]
        image = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB")
        yield name, image.quantize(TONES, dither=Image.Dither.NONE)


def main() -> int:
    """Write all pictures; return 1 and name what is too large."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    large = []
    with tempfile.TemporaryDirectory() as folder:
        for name, image in draw(Path(folder)):
            file = io.BytesIO()
            image.save(file, "PNG", optimize=True)
            (FOLDER / f"{name}.png").write_bytes(file.getvalue())
            large += [name] if len(file.getvalue()) > LARGEST else []
    print(*(f"{name}.png: more than {LARGEST} bytes" for name in large), sep="\n", end="")
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
