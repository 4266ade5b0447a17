"""CVAT's XML for images, version 1.1: each lesion a `mask`, run by run inside a box.

A photo without a lesion is an image without masks; one on which nothing was drawn is left out.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import count
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from imaging.framing import Size
from imaging.mask import rle
from imaging.values import Rle
from pipeline.errors import LabelError, said_of
from pipeline.exchange.abreast import abreast
from pipeline.exchange.codecs.polygons import rle_of as drawn
from pipeline.exchange.codecs.runs import Runs, rle_of, runs_of
from pipeline.exchange.dataset import DatasetPhoto
from pipeline.exchange.format import CLASS, Label, Read, Sizes, is_written, no_overview, record

PHOTOS, APART = "images", True
overview = no_overview
_FILE = "annotations.xml"
_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta><task><name>nevus</name><labels>
    <label><name>lesion</name><type>any</type><attributes></attributes></label>
  </labels></task></meta>
"""


def write(photos: Iterable[DatasetPhoto], into: Path) -> None:
    """Write the dataset. Raises OSError."""
    numbers = count()
    with (into / _FILE).open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        for head, masks in abreast(_image, filter(is_written, photos)):
            file.write(f'  <image id="{next(numbers)}" {head}>\n{masks}  </image>\n')
        file.write("</annotations>\n")


def _image(photo: DatasetPhoto) -> tuple[str, str]:
    """What an image says of itself, and its masks."""
    size = photo.size
    head = f'name={quoteattr(key(photo))} width="{size.width}" height="{size.height}"'
    return head, "".join(map(_mask, photo.lesions))


def _mask(lesion: Rle) -> str:
    runs = runs_of(rle.decode(lesion))
    return (
        f'    <mask label="{CLASS}" source="manual" occluded="0" '
        f'rle="{", ".join(map(str, runs.lengths))}" left="{runs.left}" top="{runs.top}" '
        f'width="{runs.width}" height="{runs.height}" z_order="0"></mask>\n'
    )


def read(source: Path, sizes: Sizes) -> Iterator[Read]:
    """Each image of `annotations.xml`; masks and polygons, nothing else."""
    path = source / _FILE if source.is_dir() else source
    try:
        for _, image in ElementTree.iterparse(path):
            if image.tag == "image":
                yield record(partial(_label, image), image.attrib["name"])
                image.clear()
    except (ElementTree.ParseError, LookupError, ValueError, OSError) as error:
        raise LabelError(f"{path} can't be read as CVAT's masks: {said_of(error)}.") from error


def _label(image: ElementTree.Element) -> Label:
    size = Size(int(image.attrib["width"]), int(image.attrib["height"]))
    shapes = [shape for shape in image if shape.tag != "tag"]
    lesions = tuple(_lesion(shape, size) for shape in shapes)
    return Label(image.attrib["name"], size, lesions, tuple(s.attrib["label"] for s in shapes))


def _lesion(shape: ElementTree.Element, size: Size) -> Rle:
    said = shape.attrib
    if shape.tag == "polygon":
        corners = said["points"].replace(";", ",").split(",")
        return drawn([[float(edge) for edge in corners]], size)
    if shape.tag != "mask":
        raise ValueError(f"a {shape.tag} is no outline of a lesion")
    left, top, width, height = (int(said[edge]) for edge in ("left", "top", "width", "height"))
    lengths = tuple(int(length) for length in said["rle"].split(","))
    return rle_of(Runs(left, top, width, height, lengths), size)


def key(photo: DatasetPhoto) -> str:
    """Its path, without what no XML may hold; of one in the dataset's folder of photos, the name.

    So CVAT writes it, and looks for it there.
    """
    suffix = PurePosixPath(photo.relative_path).suffix
    inside = photo.relative_path == f"{PHOTOS}/{photo.name}{suffix}"
    path = f"{photo.name}{suffix}" if inside else photo.relative_path
    kept_letters = (
        letter if letter.isprintable() or letter in "\u2028\u2029" else "_" for letter in path
    )
    return "".join(kept_letters)


def kept(lesion: Rle) -> Rle:
    """All of it."""
    return lesion
