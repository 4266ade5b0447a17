"""Python imports this when it starts: a process that a test starts has no PyTorch, as a user's has.

Where it is there coremltools loads it, for seconds in each process.
"""

import sys

sys.modules["torch"] = None  # type: ignore[assignment]
