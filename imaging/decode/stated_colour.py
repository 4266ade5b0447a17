"""What a file says of its colours by other means than an ICC profile, as an ICC profile.

PNG: cICP, which outweighs a profile, and gAMA (W3C PNG, third edition, 4.3 and 11.3.2). HEIC and
AVIF: the numbers of ITU-T H.273 in their `colr` box. EXIF: Adobe RGB, as DCF 2.0 has it. Colours
that are sRGB's are none to say anything of. A PNG's cHRM is not looked at, as decoders don't.
"""

import struct
import warnings
from contextlib import suppress

import numpy as np
import numpy.typing as npt
from PIL import ExifTags

from imaging.decode.boxes import boxes
from imaging.decode.containers import PNG, png_chunks
from imaging.decode.heif import is_avif, is_heif, read_catalogue
from imaging.decode.metadata import exif

Floats = npt.NDArray[np.float64]
_D65, _DCI = (0.3127, 0.3290), (0.314, 0.351)
_SRGB = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65)
_ADOBE = ((0.640, 0.330), (0.210, 0.710), (0.150, 0.060), _D65)
_PRIMARIES = {
    1: _SRGB,
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _DCI),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
}
"""Red, green, blue and white in CIE x and y, by their number in H.273."""
_LIKE_SRGB = frozenset({1, 6, 13, 14, 15})
"""Those of video differ little from sRGB's, and pictures that claim them are sRGB's."""
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}
_PQ, _HLG = 16, 18
_STEPS = 4096
_WHITE = 203.0
"""Candela a square metre of diffuse white in pictures of a high range (ITU-R BT.2408)."""
_HLG_WHITE = 0.265
_BRADFORD = np.array(
    ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
)
_D50 = np.array((0.9642, 1.0, 0.8249))
_ADOBE_GAMMA = 563 / 256
_ABOUT_COLOUR = frozenset({b"cICP", b"sRGB", b"gAMA"})
_NEAR_SRGB = 0.02
"""How far a gAMA may lie from sRGB's 1/2.2 and mean it all the same."""


def profile_of(data: bytes, icc: bytes | None) -> bytes | None:
    """The ICC profile that a file's colours are to be read by; None for sRGB. `icc` is its own."""
    with suppress(ValueError):
        if data.startswith(PNG):
            return _of_png(data, icc)
        if icc is None and (is_heif(data) or is_avif(data)):
            return _of_items(data) or _by_exif(data)
    return icc or _by_exif(data)


def _of_png(data: bytes, icc: bytes | None) -> bytes | None:
    parts = (part for part in png_chunks(data) if part.kind in _ABOUT_COLOUR)
    found = {part.kind: data[part.payload : part.end - 4] for part in parts}
    if len(said := found.get(b"cICP", b"")) == 4:
        return _by_numbers(said[0], said[1])
    if icc or b"sRGB" in found:
        return icc
    if len(said := found.get(b"gAMA", b"")) == 4 and (gamma := int.from_bytes(said, "big") / 1e5):
        near = abs(gamma - 1 / 2.2) < _NEAR_SRGB
        return None if near else _profile(_SRGB, _power(1 / gamma))
    return _by_exif(data)


def _of_items(data: bytes) -> bytes | None:
    listed = read_catalogue(data)
    if listed is None or listed.properties is None:
        return None
    place = listed.properties
    held = next(boxes(data, place.payload, place.end), None)
    for box in () if held is None else boxes(data, held.payload, held.end):
        if box.kind == b"colr" and data.startswith(b"nclx", box.payload):
            primaries, transfer = struct.unpack_from(">HH", data, box.payload + 4)
            return _by_numbers(primaries, transfer)
    return None


def _by_exif(data: bytes) -> bytes | None:
    """Adobe RGB where EXIF says that the colours are not sRGB's, and DCF's optional ones."""
    # Broken EXIF data raise all kinds of errors.
    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = exif(data)
        space = found.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ColorSpace)
        index = found.get_ifd(ExifTags.IFD.Interop).get(ExifTags.Interop.InteropIndex)
        if space != 1 and str(index).startswith("R03"):
            return _profile(_ADOBE, _power(_ADOBE_GAMMA))
    return None


def _by_numbers(primaries: int, transfer: int) -> bytes | None:
    """By two numbers of H.273; None for sRGB, and for what is not said or not known."""
    places = _PRIMARIES.get(primaries)
    if places is None or (places is _SRGB and transfer in _LIKE_SRGB):
        return None
    curve = _curve(transfer)
    return None if curve is None else _profile(places, curve)


def _curve(transfer: int) -> Floats | None:
    """Linear light, 0 to 1, of each of _STEPS values."""
    values = np.linspace(0, 1, _STEPS)
    if transfer in _LIKE_SRGB:
        return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    if transfer in _GAMMAS:
        return _power(_GAMMAS[transfer])
    if transfer == _PQ:
        root = values ** (1 / 78.84375)
        light = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
        return np.minimum(10_000 / _WHITE * light ** (1 / 0.1593017578125), 1)
    if transfer == _HLG:
        high = (np.exp((values - 0.55991073) / 0.17883277) + 0.28466892) / 12
        return np.minimum(np.where(values <= 0.5, values**2 / 3, high) / _HLG_WHITE, 1)
    return None


def _power(gamma: float) -> Floats:
    return np.asarray(np.linspace(0, 1, _STEPS) ** gamma)


def _profile(places: tuple[tuple[float, float], ...], curve: Floats) -> bytes:
    """A profile of ICC.1:2001-04 with three colourants and one curve."""
    table = np.rint(curve * 65535).astype(">u2").tobytes()
    tone = b"curv" + struct.pack(">II", 0, _STEPS) + table
    tags = {b"wtpt": _xyz(_D50)} | {b"rTRC": tone, b"gTRC": tone, b"bTRC": tone}
    colourants = _colourants(places)
    tags |= {kind: _xyz(colourants[:, i]) for i, kind in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    at = 128 + 4 + 12 * len(tags)
    listed, bodies = struct.pack(">I", len(tags)), b""
    for kind, body in tags.items():
        listed += kind + struct.pack(">II", at + len(bodies), len(body))
        bodies += body
    head = struct.pack(">I4sI4s4s4s", at + len(bodies), b"", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + _s15(_D50)
    return head.ljust(128, b"\0") + listed + bodies


def _colourants(places: tuple[tuple[float, float], ...]) -> Floats:
    """XYZ of full red, green and blue as columns, seen under D50 (Bradford)."""
    xyz = np.array([(x / y, 1, (1 - x - y) / y) for x, y in places])
    colours, white = xyz[:3].T, xyz[3]
    scaled = colours * np.linalg.solve(colours, white)
    adapted = (_BRADFORD @ _D50) / (_BRADFORD @ white)
    return np.asarray(np.linalg.inv(_BRADFORD) @ np.diag(adapted) @ _BRADFORD @ scaled)


def _xyz(values: Floats) -> bytes:
    return b"XYZ " + bytes(4) + _s15(values)


def _s15(values: Floats) -> bytes:
    return struct.pack(">3i", *(round(value * 65536) for value in values))
