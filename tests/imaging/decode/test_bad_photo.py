import os
import resource
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from imaging.decode.photo import MOST_BYTES, fingerprint, read_file, read_photo
from imaging.photo import PhotoError, PhotoUnavailable
from tests.support.pictures import FORMATS, PLAIN, encoded, four_corners, grainy, written
from tests.support.tries import tries

SAME_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=tries(60),
)


@cache
def whole_file(kind: str) -> bytes:
    return encoded(grainy(), kind)


def sentence(path: Path) -> str:
    """What is said of a file that neither has a fingerprint nor can be read."""
    with pytest.raises(PhotoError) as hashing:
        fingerprint(read_file(path))
    with pytest.raises(PhotoError) as reading:
        read_photo(path, 100)
    assert str(hashing.value) == str(reading.value)
    return str(reading.value)


def complaint(read: Callable[[Path], object], path: Path) -> str | None:
    """What reading a file says, if it is not read; any other error is one."""
    try:
        read(path)
    except PhotoError as error:
        return str(error)
    return None


def enormous_png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def test_an_empty_file(tmp_path: Path) -> None:
    said = sentence(written(tmp_path / "empty.jpg", b""))
    assert said == "empty.jpg is empty (0 bytes). Copy it again from the camera."


@pytest.mark.parametrize("text", [b"hello", b"x", b"<html>" * 1000, b"\0" * 5000])
def test_what_is_no_picture(tmp_path: Path, text: bytes) -> None:
    assert sentence(written(tmp_path / "notes.jpg", text)).startswith(
        "notes.jpg is no photo, whatever its name says. Save it as JPEG, PNG, HEIC, WEBP, TIFF, "
    )


def raw(**tags: object) -> bytes:
    """A TIFF as a camera's raw files begin: a small picture, and tags that say of what."""
    target, said = BytesIO(), ImageFileDirectory_v2()
    for tag, value in tags.items():
        said[int(tag[1:])] = value
    Image.fromarray(four_corners()).save(target, "TIFF", tiffinfo=said)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\0\0\0\x1cftypisom" * 9, "is a video, not a photo. Save a frame of it"),
        (b"\0\0\0\x1cftypqt  " * 9, "is a video"),
        (bytes(128) + b"DICM" + bytes(99), "is a DICOM file, which may name a patient. Export"),
        (raw(t50706=b"\1\4\0\0"), "is a camera's raw file, not yet a picture. Export it"),
        (raw(t254=1), "is a camera's raw file"),
        (b"IIRO" + bytes(99), "is a camera's raw file"),
        (b"\0\0\0\x18ftypcrx " + bytes(99), "is a camera's raw file"),
        (b"%PDF-1.7" + bytes(99), "is no photo, whatever its name says"),
        (b"BM" + bytes(99), "is no photo, whatever its name says"),
    ],
)
def test_what_is_no_picture_but_something_else(tmp_path: Path, data: bytes, words: str) -> None:
    assert f"x.jpg {words}" in sentence(written(tmp_path / "x.jpg", data))


@pytest.mark.slow
@pytest.mark.parametrize(
    "between", [b"\xff\xfe\0\2" * 300_000, b"\xff" * 70_000], ids=["segments", "filling"]
)
def test_a_jpeg_that_is_mostly_header_is_refused_before_it_is_opened(
    tmp_path: Path, between: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = encoded(four_corners(), "jpg")
    path = written(tmp_path / "x.jpg", whole[:2] + between + whole[2:])
    monkeypatch.setattr(JpegImageFile, "_open", lambda _: pytest.fail("opened"))
    assert "more parts, or filling between them, than any picture" in sentence(path)


@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
@pytest.mark.parametrize("size", [(1, 1), (15, 400), (400, 15)])
def test_a_picture_too_small(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    said = sentence(written(tmp_path / f"dot.{kind}", encoded(four_corners(*size), kind)))
    assert said.startswith(f"dot.{kind} is {size[0]}×{size[1]} pixels, too small")


def test_a_picture_too_large_is_refused_by_its_header(tmp_path: Path) -> None:
    said = sentence(written(tmp_path / "wall.png", enormous_png(50_000, 50_000)))
    assert said.startswith("wall.png is 50000×50000 pixels, more than nevus opens (250 megapixels)")


def test_up_to_the_limit_a_header_is_believed(tmp_path: Path) -> None:
    path = written(tmp_path / "wide.png", enormous_png(15_000, 15_000))
    assert fingerprint(read_file(path)).size.width == 15_000
    with pytest.raises(PhotoError, match="damaged or cut short"):
        read_photo(path)


def test_a_file_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "film.jpg"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES * 3 + 1)
    assert "film.jpg is 3.0 GiB large, more than nevus opens" in sentence(path)


def test_a_file_that_vanished(tmp_path: Path) -> None:
    assert sentence(tmp_path / "gone.jpg") == "gone.jpg is not there any more."
    written(tmp_path / "file", b"x")
    assert sentence(tmp_path / "file" / "p.jpg") == "p.jpg is not there any more."


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.jpg").mkdir()
    assert sentence(tmp_path / "folder.jpg") == "folder.jpg is a folder, not a photo."


def test_a_pipe_a_socket_and_a_device_are_not_read(tmp_path: Path) -> None:
    pipe, wire, endless = tmp_path / "pipe.jpg", tmp_path / "wire.jpg", tmp_path / "endless.jpg"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    # A socket's address is short, and the paths of tests are long.
    with socket.socket(socket.AF_UNIX) as server, chdir(tmp_path):
        server.bind(wire.name)
    for path in (pipe, wire, endless):
        assert sentence(path).startswith(f"{path.name} is a pipe, a socket or a device")


def test_links_that_lead_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to("b.jpg")
    (tmp_path / "b.jpg").symlink_to("a.jpg")
    assert "a.jpg is a link that leads in a circle" in sentence(tmp_path / "a.jpg")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads a file in /proc")
def test_a_file_that_is_longer_than_it_was_is_no_verdict(tmp_path: Path) -> None:
    # The kernel says that it is empty, and then gives what there is: as if it grew meanwhile.
    path = tmp_path / "growing.jpg"
    path.symlink_to("/proc/self/status")
    with pytest.raises(PhotoUnavailable, match=r"^growing\.jpg grew while it was read"):
        read_file(path)


def test_what_the_machine_refuses_is_no_verdict(tmp_path: Path) -> None:
    path = written(tmp_path / "good.jpg", whole_file("jpg"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(PhotoUnavailable, match=r"^good\.jpg can't be read \(Too many open"):
            read_file(path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert read_photo(path).size.width == 96


@contextmanager
def as_anybody() -> Iterator[None]:
    """Without the superuser's right to read everything, where the tests have it."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = written(tmp_path / "locked.jpg", whole_file("jpg"))
    path.chmod(0)
    with as_anybody(), pytest.raises(PhotoUnavailable):
        read_file(path)
    with as_anybody():
        said = sentence(path)
    assert said == "locked.jpg may not be read. Change its permissions."


def test_a_file_is_named_as_it_is_called(tmp_path: Path) -> None:
    path = written(tmp_path / "a\n\x1b[31m\u202egpj.\x9b.jpg", b"")
    assert sentence(path).startswith(f"{path.name} is empty")


@pytest.mark.parametrize("thumbnail", [b"", b"\xff\xd8 a small JPEG \xff\xd9"])
def test_a_jpeg_2000_that_ends_in_its_heads_is_refused(tmp_path: Path, thumbnail: bytes) -> None:
    box = struct.pack(">I", 8 + len(thumbnail)) + b"free" + thumbnail
    whole, path = (
        whole_file("jp2").replace(b"\0\0\0\x2djp2h", box + b"\0\0\0\x2djp2h"),
        tmp_path / "cut.jp2",
    )
    assert read_photo(written(path, whole), None)
    head = whole.index(b"\xff\x93")
    for cut in range(head - 20, head + 20):
        with pytest.raises(PhotoError, match=r"^cut\.jp2 "):
            read_photo(written(path, whole[:cut]), None)


@pytest.mark.parametrize("kind", [*FORMATS, "bmp", "jp2"])
@given(data=st.data())
@SAME_FOLDER
def test_a_file_cut_short_anywhere_is_refused(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    whole = whole_file(kind)
    # Half of the cuts are near the end, where decoders would forgive them.
    cut = data.draw(
        st.integers(1, len(whole) - 1) | st.integers(1, 40).map(lambda lost: len(whole) - lost)
    )
    path = written(tmp_path / f"cut.{kind}", whole[:cut])
    for longest in (None, 90, 20):
        with pytest.raises(PhotoError, match=rf"^cut\.{kind} "):
            read_photo(path, longest)


@given(cut=st.integers(1, len(whole_file("jpg")) - 1))
@SAME_FOLDER
def test_a_jpeg_whose_end_is_still_zeros_is_refused(tmp_path: Path, cut: int) -> None:
    lost = len(whole_file("jpg")) - cut
    path = written(tmp_path / "copying.jpg", whole_file("jpg")[:cut] + bytes(lost))
    with pytest.raises(PhotoError):
        read_photo(path)


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif", "avif", *PLAIN])
@given(data=st.data())
@SAME_FOLDER
def test_a_damaged_file_is_a_photo_or_a_sentence(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    damaged = bytearray(whole_file(kind))
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=8)):
        damaged[at] = data.draw(st.integers(0, 255))
    path = written(tmp_path / f"damaged.{kind}", bytes(damaged))
    for read in (lambda path: fingerprint(read_file(path)), read_photo):
        said = complaint(read, path)
        assert said is None or said.startswith(f"damaged.{kind} ")
