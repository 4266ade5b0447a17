"""Whether Apple's runtime of Core AI is here, for the tests that run it."""

import pytest

from models.run.coreai_backend import why_not

NO_CORE_AI = why_not()
"""Why it isn't; empty where it is."""
needs_core_ai = pytest.mark.skipif(bool(NO_CORE_AI), reason=NO_CORE_AI or "it is here")
