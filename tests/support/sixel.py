"""A reader of Sixel, written from the manual, which draws on a picture that is there already."""

import re

import numpy as np

from imaging.framing import Pixels

TOKEN = re.compile(
    r'"(?P<raster>[\d;]+)|#(?P<colour>\d+)(?P<made>;2;\d+;\d+;\d+)?'
    r"|!(?P<count>\d+)(?P<repeated>[?-~])|(?P<letter>[?-~])|(?P<move>[$-])"
)
PICTURE = re.compile(r"\x1bP(?P<options>[\d;]*)q(?P<body>[^\x1b]*)\x1b\\")


def draw(sixel: str, on: Pixels) -> Pixels:
    """The picture after a sixel was drawn at its upper left corner; beyond its edges nothing is."""
    told = PICTURE.fullmatch(sixel)
    assert told is not None
    assert told["options"] == "0;1"
    picture, palette, colour, x, y, end = on.copy(), dict[int, list[int]](), 0, 0, 0, 0
    height, width = on.shape[:2]
    for token in TOKEN.finditer(told["body"]):
        assert token.start() == end
        end = token.end()
        if token["raster"]:
            _, _, width, height = map(int, token["raster"].split(";"))
        elif token["colour"]:
            colour = int(token["colour"])
            if token["made"]:
                palette[colour] = [int(share) for share in token["made"].split(";")[2:]]
        elif token["move"]:
            x, y = 0, y + (6 if token["move"] == "-" else 0)
        else:
            count = int(token["count"] or 1)
            bits = ord(token["repeated"] or token["letter"]) - ord("?")
            for row in range(6):
                if bits >> row & 1:
                    assert y + row < height
                    assert x + count <= width
                    picture[y + row, x : x + count] = np.rint(np.array(palette[colour]) * 2.55)
            x += count
    assert end == len(told["body"])
    return picture
