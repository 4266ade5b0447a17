"""A photo takes no more memory than was reckoned, and is not called damaged where there is none."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from imaging.decode.memory import bytes_needed
from imaging.decode.photo import decode, fingerprint, read_file
from imaging.photo import USUAL_MEMORY, PhotoError
from tests.support.bombs import CLAIMS, png16
from tests.support.pictures import FORMATS, PLAIN, encoded, grainy, written

LIMITED = """
import resource, sys
from pathlib import Path
from imaging.decode.photo import decode, fingerprint, read_file
file = read_file(Path(sys.argv[1]))
fingerprint(file)
lines = Path("/proc/self/status").read_text().splitlines()
used = 1024 * int(next(line for line in lines if line.startswith("VmSize")).split()[1])
for more in range(0, 2**27, 2**24):
    resource.setrlimit(resource.RLIMIT_AS, (used + more, resource.RLIM_INFINITY))
    try:
        decode(file, 64)
    except MemoryError:
        print("no memory")
"""
CLAIMED = """
import resource, sys
from pathlib import Path
from imaging.decode.photo import decode, fingerprint, read_file
from imaging.photo import PhotoError
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, resource.RLIM_INFINITY))
for name in sys.argv[1:]:
    for look in (fingerprint, decode):
        try:
            look(read_file(Path(name)))
        except PhotoError as error:
            print(error)
"""
TAKEN = """
import sys
from io import BytesIO
from pathlib import Path
from PIL import Image
from imaging.decode.memory import bytes_needed
from imaging.decode.photo import decode, read_file
def used(what):
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(what)).split()[1])
for name in sys.argv[1:]:
    file = read_file(Path(name))
    for longest in (64, None):
        with Image.open(BytesIO(file.data)) as picture:
            reckoned = bytes_needed(file.data, picture, whole=longest is None)
        Path("/proc/self/clear_refs").write_text("5")
        before = used("VmRSS")
        decode(file, longest)
        print(name, longest, used("VmHWM") - before, reckoned)
"""
SPARE = 12_000_000
"""Bytes that are not in proportion to a picture: of libraries as they load, threads and rows."""
WIDE, HIGH = 2400, 1600
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="measures and caps a process's memory")


def child(code: str, *paths: Path) -> list[str]:
    command = [sys.executable, "-c", code, *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@LINUX
@pytest.mark.parametrize("name", ["a.jpg", "progressive.jpg", "a.png", "a.webp"])
def test_running_out_of_memory_says_nothing_against_the_file(name: str, tmp_path: Path) -> None:
    coarse = np.random.default_rng(0).integers(0, 255, (75, 100, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((4000, 3000)).save(
        tmp_path / name, progressive="progr" in name, compress_level=1, method=0
    )
    assert set(child(LIMITED, tmp_path / name)) == {"no memory"}


@LINUX
def test_a_header_that_claims_too_much_costs_nothing(tmp_path: Path) -> None:
    paths = [written(tmp_path / f"a.{kind}", make()) for kind, make in CLAIMS.items()]
    said = child(CLAIMED, *paths)
    assert len(said) == 2 * len(paths)
    # A library refuses an AVIF of that size before it says which it is.
    sized = [each for each in said if not each.startswith("a.avif")]
    assert all("more than nevus opens" in each or "of memory" in each for each in sized)


@LINUX
def test_no_picture_takes_more_than_is_reckoned(tmp_path: Path) -> None:
    paths = [
        written(tmp_path / f"a.{kind}", encoded(grainy(WIDE, HIGH), kind))
        for kind in ("jpg", "tif")
    ]
    flat = np.full((HIGH, WIDE, 3), (214, 170, 150), np.uint8)
    paths += [written(tmp_path / f"b.{kind}", encoded(flat, kind)) for kind in (*FORMATS, *PLAIN)]
    deep = tmp_path / "deep.png"
    cv2.imwrite(str(deep), flat.astype(np.uint16) * 257, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    for name in ("alpha.png", "alpha.webp", "alpha.avif"):
        paths.append(tmp_path / name)
        Image.fromarray(flat).convert("RGBA").save(paths[-1], speed=10)
    paths += [deep, tmp_path / "progressive.jpg", tmp_path / "strip.tif"]
    Image.fromarray(flat).save(paths[-2], progressive=True, subsampling=0)
    Image.fromarray(flat).save(paths[-1], compression="tiff_lzw", tiffinfo={278: HIGH})
    lines = [line.rsplit(maxsplit=3) for line in child(TAKEN, *paths)]
    assert len(lines) == 2 * len(paths)
    assert [line for line in lines if int(line[2]) > int(line[3]) + SPARE] == []


def test_sixteen_bits_a_channel_are_decoded_to_eight() -> None:
    data = png16(1_500)
    with Image.open(BytesIO(data)) as picture:
        assert 100 * bytes_needed(data, picture, whole=False) < USUAL_MEMORY
        assert 100 * bytes_needed(data, picture, whole=True) < USUAL_MEMORY


@pytest.mark.parametrize("kind", [*FORMATS, *PLAIN])
def test_a_photo_that_would_take_more_than_it_may_is_refused(kind: str, tmp_path: Path) -> None:
    file = read_file(written(tmp_path / f"a.{kind}", encoded(grainy(600, 400), kind)))
    for refused in (lambda: decode(file, 64, 10**6), lambda: fingerprint(file, 10**6)):
        with pytest.raises(PhotoError) as caught:
            refused()
        assert str(caught.value).startswith(f"a.{kind} is 600×400 pixels: opening it would take ")
        assert str(caught.value).endswith(
            "of memory, more than a photo may take (0.001 GB). Save it smaller or as a plain "
            "JPEG, or allow more with --memory."
        )
    assert decode(file, 64, 10**8).size == fingerprint(file, 10**8).size
