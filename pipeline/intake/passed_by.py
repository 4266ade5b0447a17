"""The sentence on what lies in a folder and is not looked at."""

from collections.abc import Mapping

from pipeline.intake.scan import LeftOut

_RAW = frozenset({".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"})
_DICOM = frozenset({".dcm", ".dicom"})
_MOST_KINDS = 4


def passed_by(left_out: LeftOut) -> str | None:
    """How many files of which kinds are left out, and what to do for them; None where none are."""
    others = sum(left_out.others.values())
    counted = [
        (sum(left_out.kinds.values()), f"of other kinds ({_listed(left_out.kinds)})"),
        (others, f"in folders of the NAS, the trash or hidden ones ({_listed(left_out.others)})"),
        (left_out.in_cloud, "in iCloud that are not downloaded"),
    ]
    parts = [f"{count} {what}" for count, what in counted if count]
    if not parts:
        return None
    return f"Files left out: {', '.join(parts)}.{''.join(_advice(left_out))}"


def how_many(left_out: LeftOut) -> int:
    """How many files are left out."""
    kinds, others = left_out.kinds.values(), left_out.others.values()
    return sum(kinds) + sum(others) + left_out.in_cloud


def _listed(counts: Mapping[str, int]) -> str:
    names = [name or "no ending" for name, count in counts.items() if count]
    most = sorted(names, key=lambda name: (-counts.get(name, 0), name))[:_MOST_KINDS]
    return ", ".join(most) + (" …" if len(names) > len(most) else "")


def _advice(left_out: LeftOut) -> list[str]:
    kinds = left_out.kinds.keys()
    advice = []
    if kinds & _RAW:
        advice.append(" Raw files are no pictures yet: export them as JPEG or TIFF.")
    if kinds & _DICOM:
        advice.append(" DICOM files may name a patient: export their pictures as PNG or TIFF.")
    if left_out.in_cloud:
        advice.append(" Have iCloud download what is missing, then run nevus again.")
    return advice
