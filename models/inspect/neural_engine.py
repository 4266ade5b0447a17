"""What in a program keeps it, or parts of it, off the Neural Engine: rules with their sources.

Apple documents few of the Neural Engine's limits. A rule is `certain` where Apple states it, and a
hint where others measured or reported it; none was tried on a Mac by this project. What Core ML
really prefers is told on a Mac by its compute plan, see `models.inspect.compute_plan`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from models.inspect.program import Program
from models.package.program_file import Operation, Tensor

GUIDE = "coremltools guide, Typed Execution"
FORUM = "Apple engineer, developer.apple.com/forums/thread/724930"
ARTICLE = "Apple, Deploying Transformers on the Apple Neural Engine (2022)"
MEASURED = "ane-guide.readthedocs.io, chapters 4 and 17 (measured on M1 and later, not by Apple)"
REPORTED = "github.com/hollance/neural-engine, unsupported layers (its author calls some guesses)"
OURS = "this project: seen with coremltools 9"
NOBODY = "no source: nobody here has seen it on the Neural Engine"

LONGEST_SIDE, MOST_CHANNELS = 16_384, 65_536
LARGEST_KERNEL = 13
MOST_AXES = 4
ROW_BYTES = 64
HALF_BYTES = 2
MUCH_PADDED, MUCH_MEMORY = 8, 2**20

ELSEWHERE = frozenset(
    {
        "argsort", "classify", "cond", "cumsum", "gru", "lstm", "make_list",
        "non_maximum_suppression", "non_zero", "one_hot", "range_1d", "reduce_prod", "rnn", "topk",
        "while_loop",
    }
)  # fmt: skip
FAMILIAR = frozenset(
    {
        "add", "avg_pool", "batch_norm", "cast", "clip", "concat", "conv", "conv_transpose", "elu",
        "exp", "expand_dims", "gelu", "instance_norm", "l2_norm", "layer_norm", "leaky_relu",
        "linear", "matmul", "max_pool", "maximum", "minimum", "mul", "pad", "pixel_shuffle",
        "pixel_unshuffle", "prelu", "real_div", "reduce_max", "reduce_mean", "reduce_sum", "relu",
        "relu6", "reshape", "resize_bilinear", "resize_nearest_neighbor", "rsqrt", "scaled_tanh",
        "sigmoid", "sigmoid_hard", "silu", "slice_by_index", "softmax", "softplus", "split", "sqrt",
        "square", "squeeze", "sub", "tanh", "transpose", "upsample_bilinear",
        "upsample_nearest_neighbor",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Concern:
    """A reason why a network may leave the Neural Engine, and the operations that give it."""

    title: str
    reason: str
    source: str
    certain: bool
    operations: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """What to look for; `certain` where Apple states it, otherwise it is a hint."""

    title: str
    reason: str
    source: str
    offends: Callable[[Operation], bool]
    certain: bool = False


def find_concerns(program: Program, flexible_input: bool) -> tuple[Concern, ...]:
    """All that may keep a program off the Neural Engine, certain reasons first.

    With a flexible input every shape varies: it is said once, of the input, by `flexible`.
    """
    rules = [rule for rule in RULES if not (flexible_input and rule is VARYING)]
    found = [_concern(rule, program) for rule in rules]
    return tuple(sorted((each for each in found if each.operations), key=lambda c: not c.certain))


def flexible(name: str, ranged: bool) -> Concern:
    """The concern about an input whose size may vary: in a range, or among sizes listed."""
    if ranged:
        return Concern(
            "the input's size may vary in a range",
            "only its default size runs on the Neural Engine. Convert with one fixed size.",
            FORUM,
            certain=True,
            operations=(name,),
        )
    return Concern(
        "the input has several sizes",
        "each can run on the Neural Engine, but nevus uses the default one alone. "
        "Convert with one fixed size.",
        FORUM,
        certain=False,
        operations=(name,),
    )


def _concern(rule: Rule, program: Program) -> Concern:
    offending = tuple(
        f"{each.kind} {each.name}" for each in program.operations if rule.offends(each)
    )
    return Concern(rule.title, rule.reason, rule.source, rule.certain, offending)


def _tensors(operation: Operation) -> list[Tensor]:
    """What flows in and out; weights, whose layout the compiler chooses, are no part of it."""
    flowing = [each for name in ("x", "y", "values") for each in operation.inputs.get(name, ())]
    return [*flowing, *operation.outputs]


def _full_precision(operation: Operation) -> bool:
    return operation.kind != "cast" and any(o.precision == "fp32" for o in operation.outputs)


def _on_the_picture(operation: Operation) -> bool:
    return any(each.given for tensors in operation.inputs.values() for each in tensors)


def _full_inside(operation: Operation) -> bool:
    return _full_precision(operation) and not _on_the_picture(operation)


def _full_scaling(operation: Operation) -> bool:
    return _full_precision(operation) and _on_the_picture(operation)


def _varying(operation: Operation) -> bool:
    return any(None in output.shape for output in operation.outputs)


def _elsewhere(operation: Operation) -> bool:
    started = operation.kind.startswith(("gather", "scatter", "list_", "random_", "custom"))
    spatial = len(operation.one("weight").shape) - 2 if "weight" in operation.inputs else 0
    return started or operation.kind in ELSEWHERE or (operation.kind == "conv" and spatial > 2)


def _argmax(operation: Operation) -> bool:
    return operation.kind in {"reduce_argmax", "reduce_argmin"}


def _unfamiliar(operation: Operation) -> bool:
    return not (operation.kind in FAMILIAR or _elsewhere(operation) or _argmax(operation))


def _many_axes(operation: Operation) -> bool:
    return any(len(tensor.shape) > MOST_AXES for tensor in _tensors(operation))


def _huge(operation: Operation) -> bool:
    return any(_is_huge(tensor) for tensor in _tensors(operation))


def _is_huge(tensor: Tensor) -> bool:
    sides = [side or 0 for side in tensor.shape]
    return max(sides[-2:], default=0) > LONGEST_SIDE or max(sides[:-2], default=0) > MOST_CHANNELS


def _large_kernel(operation: Operation) -> bool:
    if not operation.kind.startswith("conv"):
        return False
    return any((side or 0) > LARGEST_KERNEL for side in operation.one("weight").shape[2:])


def _dilated(operation: Operation) -> bool:
    return any(n > 1 for n in operation.numbers("dilations"))


def _unusual_stride(operation: Operation) -> bool:
    return any(n not in (1, 2) for n in operation.numbers("strides"))


def _narrow(operation: Operation) -> bool:
    return any(_is_narrow(output) for output in operation.outputs)


def _is_narrow(tensor: Tensor) -> bool:
    if not tensor.shape or not tensor.shape[-1] or tensor.values is None:
        return False
    row = tensor.shape[-1] * HALF_BYTES
    padded = -(-row // ROW_BYTES) * ROW_BYTES
    return padded >= MUCH_PADDED * row and tensor.values // tensor.shape[-1] * padded >= MUCH_MEMORY


def _uneven_resize(operation: Operation) -> bool:
    if not operation.kind.startswith(("resize_", "upsample_")):
        return False
    before, after = operation.one("x").shape[-2:], operation.outputs[0].shape[-2:]
    return any(b and a and a % b for b, a in zip(before, after, strict=True))


VARYING = Rule(
    "shapes that are known only while it runs",
    "the Neural Engine is programmed ahead, for fixed shapes.",
    FORUM,
    _varying,
    certain=True,
)
RULES = (
    Rule(
        "arithmetic in 32-bit floats",
        "the Neural Engine computes in 16-bit floats; these run on the GPU or the CPU. "
        "Convert with compute_precision=FLOAT16.",
        GUIDE,
        _full_inside,
        certain=True,
    ),
    VARYING,
    Rule(
        "the picture's scaling in 32-bit floats",
        "coremltools writes the scale of an ImageType so; one step before the network, on the GPU "
        "or the CPU.",
        GUIDE,
        _full_scaling,
    ),
    Rule(
        "operations that run elsewhere",
        "these were found to have no way onto the Neural Engine.",
        f"{MEASURED}; {REPORTED}",
        _elsewhere,
    ),
    Rule(
        "argmax in the graph",
        "it is limited to 2,048 values, and wrong results were seen. Give probabilities, and "
        "choose outside.",
        f"{MEASURED}; {OURS}",
        _argmax,
    ),
    Rule(
        "operations that nobody here knows",
        "they may run on the Neural Engine or not.",
        NOBODY,
        _unfamiliar,
    ),
    Rule(
        "more than four axes",
        "the Neural Engine's own layout is batch, channels, height, width.",
        ARTICLE,
        _many_axes,
    ),
    Rule(
        "very large tensors",
        f"more than {LONGEST_SIDE:,} wide or high, or more than {MOST_CHANNELS:,} channels, is "
        "refused when it is compiled.",
        MEASURED,
        _huge,
    ),
    Rule(
        "large convolution kernels",
        f"a kernel of more than {LARGEST_KERNEL} a side is refused when it is compiled.",
        MEASURED,
        _large_kernel,
    ),
    Rule(
        "dilated convolutions",
        "reports contradict each other: some saw them leave the Neural Engine, others run on it.",
        f"{REPORTED}; {MEASURED}",
        _dilated,
    ),
    Rule(
        "unusual strides",
        "strides other than 1 and 2 have failed, in transposed convolutions above all.",
        OURS,
        _unusual_stride,
    ),
    Rule(
        "narrow last axes",
        f"each row is padded to {ROW_BYTES} bytes, which multiplies the memory of these tensors by "
        f"{MUCH_PADDED} or more.",
        ARTICLE,
        _narrow,
    ),
    Rule(
        "resizing by a fraction",
        "factors that are no whole numbers have failed in conversion, and may leave the Neural "
        "Engine.",
        OURS,
        _uneven_resize,
    ),
)  # fmt: skip
"""In the order in which they are said. Kinds in ELSEWHERE without a name in a source (sorting,
loops, what depends on values) are ours by reason: they have no fixed shape or no fixed steps."""
