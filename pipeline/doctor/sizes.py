"""Sizes as a person reads them."""

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def in_bytes(number: float) -> str:
    """A number of bytes with the unit that suits it, in powers of 1000: `1.2 MB`."""
    for unit in _UNITS[:-1]:
        if number < 1000:
            return (
                f"{number:.0f} {unit}"
                if number >= 100 or unit == "bytes"
                else f"{number:.1f} {unit}"
            )
        number /= 1000
    return f"{number:.1f} {_UNITS[-1]}"
