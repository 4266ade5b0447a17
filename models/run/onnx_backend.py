"""Run a translated package, or an .onnx that a user brings, with ONNX Runtime on the CPU."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from imaging.framing import Pixels
from models.package.carried import info_from_metadata
from models.package.onnx_file import BYTES, OnnxInput, is_onnx, read_onnx
from models.package.package import ModelError, PackageInfo
from models.run.memory import memory_errors
from models.run.quiet_onnxruntime import onnxruntime
from models.run.tensors import to_tensor
from models.translate.translation import translate_cached

TRANSLATED = OnnxInput(BYTES, as_bytes=False, channels_last=False)
"""How a translated package takes its picture: what is done to it is in the program."""


class OnnxBackend:
    """One session; `run` takes a framed photo and gives its probabilities.

    One thread by default: measured on two cores, a second one gained nothing on this small network,
    and it is wanted for decoding and for the screen.
    """

    name = "onnxruntime"
    device = "CPU"

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._shown = str(path)
        brought = read_onnx(path) if is_onnx(path) else None
        try:
            with memory_errors():
                data = translate_cached(path) if brought is None else path.read_bytes()
                self._session = _session(data, threads)
        except (ModelError, MemoryError):
            raise
        except Exception as error:  # ONNX Runtime's errors share no public base.
            raise ModelError(f"ONNX Runtime can't run {path} ({error}).") from error
        if brought is None:
            info = info_from_metadata(self._session.get_modelmeta().custom_metadata_map)
        else:
            info = brought.info
        self._input = TRANSLATED if brought is None else brought.input
        # The translation may have been made from a copy of this package under another name.
        self.info: PackageInfo = replace(info, name=path.stem)

    def run(self, framed: Pixels) -> npt.NDArray[np.float32]:
        """A framed photo, uint8 (gh, gw, 3), to the model's output, float32. Raises ModelError."""
        tensor = to_tensor(framed, self.info.colour, self._input)
        try:
            with memory_errors():
                (output,) = self._session.run(
                    [self.info.output_name], {self.info.input_name: tensor}
                )
        except MemoryError:
            raise
        except Exception as error:
            raise ModelError(f"ONNX Runtime can't run {self._shown} ({error}).") from error
        return np.asarray(output, np.float32)


def _session(model: bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model, sess_options=options, providers=["CPUExecutionProvider"]
    )
