"""What a person may have a taste in, from the settings to the screens."""

from dataclasses import dataclass

from imaging.view.overlay import USUAL_PENS, Pens
from pipeline.review.verdict import USUAL as USUAL_WORDS
from pipeline.review.verdict import Vocabulary
from pipeline.settings import Settings


@dataclass(frozen=True)
class Preferences:
    """The words that are chosen from, and what masks are drawn with."""

    vocabulary: Vocabulary = USUAL_WORDS
    pens: Pens = USUAL_PENS

    @classmethod
    def of(cls, settings: Settings) -> "Preferences":
        """What the settings say."""
        words = Vocabulary(settings.reject_reasons, settings.score_words)
        return cls(words, settings.pens())


USUAL = Preferences()
