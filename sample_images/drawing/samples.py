"""The sample photos, one by one: whose skin, which lesions, what else, which camera and file."""

from dataclasses import dataclass

from sample_images.drawing.camera import Camera
from sample_images.drawing.fields import Plane
from sample_images.drawing.hair import BROWN, DARK, FAIR, GREY, Hair
from sample_images.drawing.lesions import Lesion
from sample_images.drawing.skin import Skin
from sample_images.drawing.things import Bubbles, Pen, Ruler, Scale, Sticker, Thing


@dataclass(frozen=True)
class Sample:
    """A photo to draw; `plane` is its upright size."""

    name: str
    seed: int
    plane: Plane
    skin: Skin
    lesions: tuple[Lesion, ...]
    camera: Camera
    hairs: tuple[Hair, ...] = ()
    things: tuple[Thing, ...] = ()
    orientation: int = 1
    profile: str = "srgb"
    quality: int = 88


GLASS = Camera(shading=0.12, uneven=0.08, vignette=0.25, exposure=1.12, noise=0.007)
"""A dermatoscope on the skin: no relief, even light."""
PHONE = Camera(shading=0.9, uneven=0.22, vignette=0.18, gleam=0.03, noise=0.010)
"""A phone some centimetres away."""

SAMPLES = (
    Sample(
        "pigment-network.png",
        11,
        Plane(720, 540),
        Skin(0.28, 0.20, mottle=0.10),
        (
            Lesion(
                0.04,
                -0.02,
                0.27,
                network=0.75,
                structure=0.085,
                melanin=1.15,
                soft=0.16,
                variegation=0.3,
                blotch=0.5,
                ragged=0.10,
            ),
        ),
        GLASS,
        hairs=(Hair(6, width=0.0035, colour=BROWN),),
        things=(Bubbles(5),),
    ),
    Sample(
        "round-dermatoscope.jpg",
        12,
        Plane(1600, 1200),
        Skin(0.24, 0.34, mottle=0.12),
        (
            Lesion(
                -0.05,
                0.03,
                0.24,
                stretch=1.4,
                network=0.5,
                globules=0.5,
                melanin=1.3,
                veil=0.45,
                variegation=0.4,
                blotch=0.9,
                ragged=0.16,
                warp=0.14,
                structure=0.07,
            ),
        ),
        Camera(shading=0.12, uneven=0.1, vignette=0.2, exposure=1.1, tube=0.53, noise=0.008),
        hairs=(Hair(5, width=0.0035),),
        things=(Bubbles(9),),
    ),
    Sample(
        "hairy.jpg",
        13,
        Plane(1440, 1080),
        Skin(0.33, 0.26),
        (
            Lesion(
                0.03,
                0.02,
                0.26,
                stretch=1.35,
                turn=-0.5,
                melanin=1.0,
                globules=0.4,
                variegation=0.3,
                soft=0.18,
                structure=0.08,
            ),
        ),
        GLASS,
        hairs=(
            Hair(34, width=0.0055, length=0.7, spread=0.7, curl=0.8),
            Hair(20, width=0.003, length=0.4, spread=1.5, curl=1.0),
        ),
    ),
    Sample(
        "scale-in-millimetres.png",
        14,
        Plane(640, 480),
        Skin(0.42, 0.22, mottle=0.08),
        (
            Lesion(
                0.03,
                -0.06,
                0.13,
                stretch=1.15,
                melanin=1.5,
                globules=0.7,
                structure=0.16,
                soft=0.16,
                variegation=0.4,
                blotch=0.6,
            ),
        ),
        Camera(shading=0.1, uneven=0.1, vignette=0.35, exposure=0.85, noise=0.007, warmth=-0.04),
        things=(Scale(0.05, 0.32, turn=0.08, length=0.62),),
    ),
    Sample(
        "dark-skin-ruler.jpg",
        15,
        Plane(1600, 1200),
        Skin(1.75, 0.3, mottle=0.09, relief=0.8, furrow=0.02),
        (Lesion(-0.02, -0.06, 0.13, melanin=1.6, raised=0.35, rough=0.6, soft=0.10, gloss=1.6),),
        Camera(shading=0.8, uneven=0.25, vignette=0.2, gleam=0.05, exposure=1.25, noise=0.01),
        things=(Ruler(0.0, 0.33, length=1.7, width=0.2, turn=-0.06, millimetre=0.034),),
    ),
    Sample(
        "upright-portrait.jpg",
        16,
        Plane(1200, 1600),
        Skin(0.62, 0.42, mottle=0.14, relief=0.9, furrow=0.022),
        (
            Lesion(
                0.04,
                -0.08,
                0.15,
                melanin=2.2,
                blood=0.4,
                raised=0.5,
                rough=0.7,
                soft=0.06,
                ragged=0.06,
                warp=0.05,
                gloss=2.5,
                halo=0.15,
            ),
        ),
        Camera(shading=0.9, uneven=0.25, vignette=0.15, gleam=0.04, noise=0.01, warmth=0.03),
        hairs=(
            Hair(
                40,
                length=0.14,
                width=0.0025,
                colour=FAIR,
                spread=0.3,
                angle=1.2,
                shadow=0.25,
                strength=0.7,
            ),
        ),
        orientation=6,
    ),
    Sample(
        "IMG_0412.HEIC",
        17,
        Plane(2016, 1512),
        Skin(0.95, 0.36, mottle=0.12, relief=0.8, furrow=0.014),
        (
            Lesion(
                0.1,
                0.05,
                0.17,
                stretch=1.5,
                turn=-0.9,
                melanin=1.3,
                variegation=0.35,
                blotch=0.7,
                soft=0.13,
                ragged=0.12,
                warp=0.12,
            ),
        ),
        PHONE,
        hairs=(Hair(60, length=0.22, width=0.003, colour=DARK, spread=0.35, angle=0.5),),
        quality=62,
    ),
    Sample(
        "wide-colour.jpg",
        18,
        Plane(1400, 1050),
        Skin(0.38, 0.55, mottle=0.2, relief=0.8, furrow=0.02, freckles=0.1),
        (
            Lesion(
                -0.08,
                0.0,
                0.17,
                melanin=0.35,
                blood=1.5,
                raised=0.35,
                gloss=2.5,
                soft=0.14,
                crust=0.6,
                variegation=0.3,
                warp=0.12,
            ),
        ),
        PHONE,
        profile="display-p3",
    ),
    Sample(
        "twelve-megapixels.jpg",
        19,
        Plane(4032, 3024),
        Skin(0.42, 0.38, mottle=0.14, relief=0.9, furrow=0.012, freckles=0.35),
        (
            Lesion(
                -0.06,
                0.04,
                0.12,
                stretch=1.3,
                melanin=1.5,
                variegation=0.35,
                blotch=0.7,
                soft=0.14,
                ragged=0.12,
                warp=0.1,
                raised=0.15,
            ),
        ),
        Camera(shading=0.85, uneven=0.25, vignette=0.2, gleam=0.025, noise=0.006),
        hairs=(Hair(70, length=0.2, width=0.0022, colour=BROWN, spread=0.4, angle=0.9),),
        things=(Sticker(0.62, -0.5, 0.2),),
        quality=76,
    ),
    Sample(
        "near-the-border.jpg",
        20,
        Plane(1200, 900),
        Skin(0.22, 0.3, mottle=0.14),
        (
            Lesion(
                0.42,
                -0.26,
                0.26,
                stretch=1.3,
                turn=0.9,
                network=0.5,
                melanin=1.0,
                soft=0.2,
                variegation=0.35,
                structure=0.08,
                blotch=0.4,
            ),
        ),
        GLASS,
        hairs=(Hair(8, width=0.004, colour=BROWN),),
    ),
    Sample(
        "out-of-focus.jpg",
        21,
        Plane(1200, 1200),
        Skin(0.5, 0.4, mottle=0.14, relief=0.8, furrow=0.02),
        (Lesion(-0.03, 0.05, 0.16, melanin=1.3, soft=0.14, ragged=0.12),),
        Camera(shading=0.8, uneven=0.3, vignette=0.2, gleam=0.03, focus=0.008, noise=0.013),
        hairs=(Hair(30, length=0.2, width=0.0035, angle=1.0),),
    ),
    Sample(
        "two-lesions.heic",
        22,
        Plane(1536, 1152),
        Skin(0.3, 0.3, mottle=0.12),
        (
            Lesion(-0.22, -0.05, 0.19, melanin=1.2, globules=0.5, structure=0.1, variegation=0.35),
            Lesion(
                0.33, 0.14, 0.12, melanin=1.4, network=0.5, structure=0.16, turn=1.5, blotch=0.6
            ),
        ),
        GLASS,
        hairs=(Hair(9, width=0.004),),
        things=(Bubbles(6),),
        quality=65,
    ),
    Sample(
        "small-spot-and-pen.jpg",
        23,
        Plane(1200, 1600),
        Skin(1.15, 0.42, mottle=0.12, relief=0.9, furrow=0.018),
        (Lesion(0.05, 0.1, 0.07, melanin=1.9, soft=0.14, raised=0.4, gloss=1.6),),
        PHONE,
        hairs=(Hair(30, length=0.12, width=0.0022, colour=GREY, spread=0.5, strength=0.6),),
        things=(Pen(0.05, 0.1, 0.2),),
    ),
)
"""All of them."""
