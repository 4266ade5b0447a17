"""Running out of memory, however a library says it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

_SAID = re.compile(
    "bad[_ ]alloc|fail(ed|ure) to allocate|cannot allocate memory|out of memory"
    # Of a library that is loaded.
    "|failed to map segment",
    re.IGNORECASE,
)


@contextmanager
def memory_errors() -> Iterator[None]:
    """Failures in the block that say that memory ran out become MemoryError.

    ONNX Runtime has a dozen errors without a public base, and says it in the text of several.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        if _SAID.search(str(error)):
            raise MemoryError(str(error)) from error
        raise
