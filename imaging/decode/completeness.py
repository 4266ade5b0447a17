"""Whether all of a photo is in its file: what is missing, decoders often fill in without a word."""

from PIL import Image

from imaging.decode.containers import JPEG, PNG, is_webp, png_chunks
from imaging.decode.heif import heif_ends_early, is_avif, is_heif
from imaging.decode.jpeg import jpeg_ends_early
from imaging.decode.raster import raster_ends_early
from imaging.decode.webp import webp_ends_early


def ends_early(data: bytes, picture: Image.Image) -> bool:
    """Whether a part of the picture is not in the file's bytes; `picture` is what was decoded.

    A file cut short, one that a copy filled with zeros before its turn came, one cut and then
    closed again. What decoders notice by themselves is not looked for.
    """
    if data.startswith(JPEG):
        return jpeg_ends_early(data, picture)
    try:
        if data.startswith(PNG):
            return not list(png_chunks(data))
        if is_webp(data):
            return webp_ends_early(data)
        if is_heif(data) or is_avif(data):
            return heif_ends_early(data)
        return raster_ends_early(data, picture)
    except ValueError:
        # A PNG's chunks have to be right; of the others, decoders forgive more than is read here.
        return data.startswith(PNG)
