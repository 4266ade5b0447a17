"""Files that are small, or look harmless, and would take all of a machine's memory or time."""

import struct
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from tests.support.pictures import encoded, endless_jpeg, four_corners

_PNG = b"\x89PNG\r\n\x1a\n"
HUGE = 60_000
"""Pixels a side of what a header claims."""


def webp_claim() -> bytes:
    """One colour, which VP8L codes in no bits a pixel, so that any size is true of it."""
    data = bytearray(_saved(Image.new("RGB", (16, 16), (9, 9, 9)), "WEBP", lossless=True))
    at = data.index(b"VP8L") + 9
    data[at : at + 4] = struct.pack("<I", 16382 | 16382 << 14 | int(data[at + 3]) >> 4 << 28)
    return bytes(data)


def item_claim(kind: str) -> bytes:
    """A HEIC or an AVIF whose `ispe` boxes claim more than there is."""
    data = bytearray(encoded(four_corners(), kind))
    at = data.find(b"ispe")
    while at >= 0:
        data[at + 8 : at + 16] = struct.pack(">II", HUGE, HUGE)
        at = data.find(b"ispe", at + 16)
    return bytes(data)


def jp2_claim() -> bytes:
    """A JPEG 2000 whose headers claim more than there is."""
    data = bytearray(encoded(four_corners(), "jp2"))
    for sign, skip in ((b"ihdr", 4), (b"\xff\x51", 6)):
        at = data.index(sign) + skip
        data[at : at + 8] = struct.pack(">II", HUGE, HUGE)
    return bytes(data)


def gif_claim() -> bytes:
    """A GIF that says its screen is as large as can be said."""
    data = bytearray(encoded(four_corners(), "gif"))
    data[6:10] = struct.pack("<HH", 65535, 65535)
    return bytes(data)


def bmp_claim() -> bytes:
    """A BMP that claims more than there is."""
    data = bytearray(encoded(four_corners(), "bmp"))
    data[18:26] = struct.pack("<ii", HUGE, HUGE)
    return bytes(data)


def jpeg_claim() -> bytes:
    """A JPEG that claims as much as can be said."""
    data = bytearray(encoded(four_corners(), "jpg"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65500, 65500)
    return bytes(data)


def tiff_tile() -> bytes:
    """A TIFF of few pixels in one enormous tile."""
    return _tiff({256: 64, 257: 64, 322: HUGE, 323: HUGE, 324: 8, 325: 10_000})


def tiff_claim() -> bytes:
    """A TIFF that claims more than there is, in one strip."""
    return _tiff({256: HUGE, 257: HUGE, 278: HUGE, 273: 8, 279: 10_000})


def png_claim() -> bytes:
    """A PNG that claims more than there is."""
    return _png(HUGE, HUGE, 8, [b"\0"])


CLAIMS: Mapping[str, Callable[[], bytes]] = {
    "webp": webp_claim,
    "heic": lambda: item_claim("heic"),
    "avif": lambda: item_claim("avif"),
    "jp2": jp2_claim,
    "gif": gif_claim,
    "bmp": bmp_claim,
    "jpg": jpeg_claim,
    "tif": tiff_claim,
    "tile.tif": tiff_tile,
    "png": png_claim,
}
"""What a header alone claims."""


def png16(side: int = 15_000) -> bytes:
    """A picture of 16 bits that is one colour all over."""
    return _png(side, side, 16, [bytes(1 + 6 * side)] * side)


def png_texts(count: int = 3_000) -> bytes:
    """As many texts as are 16 MB each once they are unpacked."""
    text = b"Comment\0\0" + zlib.compress(bytes(2**24), 9)
    return _png(64, 64, 8, [bytes(1 + 3 * 64)] * 64, [(b"zTXt", text)] * count)


def png_xmp(size: int = 2**30) -> bytes:
    """XMP data that are a gigabyte once they are unpacked."""
    text = b"XML:com.adobe.xmp\0\1\0\0\0" + _packed([bytes(2**20)] * (size >> 20))
    return _png(64, 64, 8, [bytes(1 + 3 * 64)] * 64, [(b"iTXt", text)])


def png_profile(size: int = 2**30) -> bytes:
    """A colour profile that is a gigabyte once it is unpacked."""
    text = b"icc\0\0" + _packed([bytes(2**20)] * (size >> 20))
    return _png(64, 64, 8, [bytes(1 + 3 * 64)] * 64, [(b"iCCP", text)])


def jpeg_segments(count: int = 5_000_000) -> bytes:
    """Comments without a letter."""
    whole = encoded(four_corners(), "jpg")
    return whole[:2] + b"\xff\xfe\0\2" * count + whole[2:]


def jpeg_filling(size: int = 60_000_000) -> bytes:
    """Bytes FF before a marker."""
    whole = encoded(four_corners(), "jpg")
    return whole[:2] + b"\xff" * size + whole[2:]


def jpeg_profile(size: int = 16_000_000) -> bytes:
    """A colour profile as large as segments carry, of nothing but zeros."""
    return encoded(four_corners(), "jpg", profile=bytes(size))


def tiff_strip(side: int = 14_000) -> bytes:
    """One strip that is one colour all over."""
    picture = Image.new("RGB", (side, side))
    return _saved(picture, "TIFF", compression="tiff_adobe_deflate", tiffinfo={278: side})


def gif_frame(side: int = 15_000) -> bytes:
    """One colour all over."""
    return _saved(Image.new("P", (side, side)), "GIF")


def jpeg_progressive(side: int = 14_000) -> bytes:
    """One colour all over, sent in several scans."""
    return _saved(Image.new("RGB", (side, side)), "JPEG", progressive=True, subsampling=0)


def bmp_runs(side: int = 15_000) -> bytes:
    """Runs of one colour, 255 pixels in two bytes."""
    row = b"\xff\1" * (side // 255) + bytes([side % 255, 1]) + b"\0\0"
    body = row * side + b"\0\1"
    head = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, len(body), 0, 0, 256, 0)
    colours = bytes(1024)
    start = 14 + len(head) + len(colours)
    file = struct.pack("<2sIHHI", b"BM", start + len(body), 0, 0, start)
    return file + head + colours + body


BOMBS: Mapping[str, Callable[[], bytes]] = {
    **{f"claim.{kind}": make for kind, make in CLAIMS.items()},
    "bits16.png": png16,
    "texts.png": png_texts,
    "xmp.png": png_xmp,
    "profile.png": png_profile,
    "segments.jpg": jpeg_segments,
    "filling.jpg": jpeg_filling,
    "profile.jpg": lambda: jpeg_profile(1_000_000),
    "progressive.jpg": jpeg_progressive,
    "scans.jpg": lambda: endless_jpeg(2048, 20_000),
    "strip.tif": tiff_strip,
    "frame.gif": gif_frame,
    "runs.bmp": bmp_runs,
}
"""By the name of a file to make of each."""


def _png(
    width: int,
    height: int,
    bits: int,
    rows: list[bytes],
    beside: list[tuple[bytes, bytes]] | None = None,
) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), *(beside or []), (b"IDAT", _packed(rows)), (b"IEND", b"")]
    return _PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _tiff(places: dict[int, int]) -> bytes:
    tags = ImageFileDirectory_v2()
    for tag, value in {258: (8, 8, 8), 259: 8, 262: 2, 277: 3, **places}.items():
        tags[tag] = value
    target = BytesIO(b"II*\0")
    target.seek(8)
    target.write(bytes(10_000))
    at = target.tell()
    target.write(tags.tobytes(at))
    target.seek(4)
    target.write(at.to_bytes(4, "little"))
    return target.getvalue()


def _packed(parts: list[bytes]) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([*map(packer.compress, parts), packer.flush()])


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    target = BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()
