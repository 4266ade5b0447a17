"""How many examples Hypothesis tries: many, and in the short loop a handful for each test."""

from hypothesis import HealthCheck, settings

MANY, HANDFUL = 50, 5
# How long an example takes says more about the machine than about the code.
# Each run tries others, so that many runs are what tries many.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=MANY
)
settings.register_profile("hasty", settings.get_profile("patient"), max_examples=HANDFUL)


def try_many() -> None:
    settings.load_profile("patient")


def try_a_handful() -> None:
    """What tests ask for with `tries` is asked for when they are imported, so after this."""
    settings.load_profile("hasty")


def tries(wanted: int) -> int:
    """How many examples where one costs more, or misses more, than with other tests."""
    return min(wanted, HANDFUL) if settings.get_current_profile_name() == "hasty" else wanted
