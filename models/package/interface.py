"""What a package takes and gives, read from its specification: one picture in, one map out.

A map is of probabilities (0 to 1), of logits, or grey (0 to 255). The metadata key
`org.nevus.output` says which; without it, the values that the program's last operations can give
do: within 0…1 they are probabilities, up to 255 a grey map, without bounds logits, and anything
else is asked for.
"""

import math
from collections.abc import Mapping
from typing import Any

from imaging.framing import Size
from models.package.bounds import UNBOUNDED, Bounds, output_bounds

OUTPUT_KEY = "org.nevus.output"
PROBABILITY, LOGIT, GREY = OUTPUTS = ("probability", "logit", "grey")
COLOURS = ("RGB", "BGR", "GRAYSCALE")
_KINDS = {
    "neuralNetwork": "a neural network of the older kind",
    "neuralNetworkClassifier": "a classifier of the older kind",
    "pipeline": "a pipeline of several models",
}


class NotTaken(ValueError):
    """A package that nevus can't take; the message goes on after its name."""


def check_kind(spec: Any) -> None:
    """Raise NotTaken for what is not an ML Program."""
    kind = str(spec.WhichOneof("Type"))
    if kind != "mlProgram":
        raise NotTaken(
            f"is {_KINDS.get(kind, kind)}, not an ML Program; "
            'convert it again with convert_to="mlprogram".'
        )


def picture_input(description: Any) -> tuple[str, Size, str]:
    """The name, size and colour layout of the one picture that goes in. Raises NotTaken."""
    inputs = list(description.input)
    if len(inputs) != 1:
        raise NotTaken(
            f"takes {len(inputs)} inputs ({_names(inputs)}); nevus has one picture: "
            "convert it again with that one alone."
        )
    kind = inputs[0].type.WhichOneof("Type")
    if kind != "imageType":
        raise NotTaken(
            "doesn't take one picture: its input is a tensor of numbers; "
            "convert it again with inputs=[ct.ImageType(...)]."
        )
    image = inputs[0].type.imageType
    if image.WhichOneof("SizeFlexibility") is not None:
        raise NotTaken(
            "takes pictures of several sizes; convert it again with one fixed shape, "
            "which the Neural Engine needs too."
        )
    colour = str(image.ColorSpace.Name(image.colorSpace))
    if colour not in COLOURS:
        raise NotTaken(
            f"takes a picture of the colour layout {colour}; "
            f"convert it again with one of {', '.join(COLOURS)}."
        )
    return str(inputs[0].name), Size(image.width, image.height), colour


def map_output(spec: Any, metadata: Mapping[str, str]) -> tuple[str, str]:
    """The name of the one map that comes out, and what its values are. Raises NotTaken."""
    outputs = list(spec.description.output)
    if len(outputs) != 1:
        raise NotTaken(
            f"gives {len(outputs)} outputs ({_names(outputs)}); nevus needs one map: "
            "convert it again with that one alone."
        )
    described = outputs[0].type
    kind = described.WhichOneof("Type")
    name = str(outputs[0].name)
    if kind == "imageType":
        colour = described.imageType.ColorSpace.Name(described.imageType.colorSpace)
        return name, _of_picture(str(colour), spec, metadata)
    if kind != "multiArrayType":
        raise NotTaken("gives neither a tensor nor a grey picture; nevus needs a map of values.")
    _check_fractions(described.multiArrayType)
    return name, _of_tensor(output_bounds(spec), metadata)


def _check_fractions(array: Any) -> None:
    if array.dataType == array.ArrayDataType.Value("INT32"):
        raise NotTaken(
            "gives whole numbers, a mask or classes; nevus needs probabilities or logits: "
            "convert it again without argmax or threshold."
        )


def _of_picture(colour: str, spec: Any, metadata: Mapping[str, str]) -> str:
    if colour == "GRAYSCALE_FLOAT16":
        return _of_tensor(output_bounds(spec), metadata)
    if colour != "GRAYSCALE":
        raise NotTaken(f"gives a picture of the colour layout {colour}; nevus needs a grey one.")
    said, bounds = _stated(metadata), output_bounds(spec)
    if said not in {None, GREY} or (bounds is not None and bounds[1] <= 1):
        raise NotTaken(
            "gives a grey picture of 8 bits, which can't hold probabilities from 0 to 1 or "
            "logits; multiply probabilities by 255 in the network, or give a ct.TensorType."
        )
    return GREY


def _of_tensor(bounds: Bounds | None, metadata: Mapping[str, str]) -> str:
    said = _stated(metadata)
    if said is not None:
        return said
    if bounds == UNBOUNDED:
        return LOGIT
    if bounds is not None and bounds[0] >= 0 and bounds[1] <= 1:
        return PROBABILITY
    if bounds is not None and bounds[0] >= 0 and math.isclose(bounds[1], 255, rel_tol=1e-3):
        return GREY
    raise NotTaken(
        f"gives values {_range(bounds)}; say what they are with the metadata key {OUTPUT_KEY} "
        f"({', '.join(OUTPUTS)})."
    )


def _stated(metadata: Mapping[str, str]) -> str | None:
    said = metadata.get(OUTPUT_KEY)
    if said is not None and said not in OUTPUTS:
        raise NotTaken(
            f"says that it gives {said} ({OUTPUT_KEY}); nevus knows {', '.join(OUTPUTS)}."
        )
    return said


def _range(bounds: Bounds | None) -> str:
    if bounds is None:
        return "of a range that its last operations don't tell"
    low, high = bounds
    if math.isinf(high):
        return f"from {low:.4g} upwards" if math.isfinite(low) else "of any size"
    return f"from {low:.4g} to {high:.4g}" if math.isfinite(low) else f"up to {high:.4g}"


def _names(features: list[Any]) -> str:
    return ", ".join(feature.name for feature in features)
