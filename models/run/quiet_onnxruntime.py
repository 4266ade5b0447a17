"""ONNX Runtime with its telemetry off; whoever needs it takes it from here and nowhere else.

From 1.32 on it looks up a host of its maker's, sends it what it saw of this machine, and keeps a
device id under the user's cache, unless this variable forbids it before the library is loaded.
"""

import os

# Whatever it was: what a person set for other programs must not open this one.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

__all__ = ["onnxruntime"]
