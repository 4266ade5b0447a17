"""What a person may have a taste in, from the settings to the screens."""

from dataclasses import dataclass

from imaging.view.overlay import USUAL_PENS, Pens
from pipeline.review.verdict import USUAL as USUAL_WORDS
from pipeline.review.verdict import Vocabulary
from pipeline.settings import BadSettings, Settings
from tui.keymap import Keymap, UnfitKeys
from tui.theme import USUAL as USUAL_THEME

USUAL_KEYS = Keymap()


@dataclass(frozen=True)
class Preferences:
    """The words that are chosen from, what masks are drawn with, the keys, and the theme."""

    vocabulary: Vocabulary = USUAL_WORDS
    pens: Pens = USUAL_PENS
    keymap: Keymap = USUAL_KEYS
    theme: str = USUAL_THEME

    @classmethod
    def of(cls, settings: Settings) -> "Preferences":
        """What the settings say. Raises BadSettings for keys that can't be."""
        words = Vocabulary(settings.reject_reasons, settings.score_words)
        return cls(words, settings.pens(), keymap_of(settings), settings.theme)


def keymap_of(settings: Settings) -> Keymap:
    """The keys with those of the settings among them. Raises BadSettings where they can't be."""
    try:
        return Keymap(settings.keys)
    except UnfitKeys as unfit:
        raise BadSettings(f"{settings.sources['keys']}: {unfit}") from unfit


USUAL = Preferences()
