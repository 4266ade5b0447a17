"""An ML Program written anew as an ONNX graph."""
