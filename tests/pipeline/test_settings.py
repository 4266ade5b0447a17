"""The settings: which source wins, what is refused, and what is said of it."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.view.overlay import USUAL_PENS, Colour, Pens
from pipeline.settings import BadSettings, Settings, example, read_settings
from pipeline.settings_table import SETTINGS

TEXTS = {
    "db": ('"a.db"', "b.db", Path("c.db")),
    "backend": ('"coreml"', "onnxruntime", "auto"),
    "compute_units": ('"ALL"', "CPU_ONLY", "CPU_AND_GPU"),
    "time_limit": ("5", "6.5", 7.0),
    "workers": ("2", "3", 4),
    "memory": ("1", "2.5", 4.0),
    "color": ('"256"', "truecolor", "auto"),
    "reviewer": ('"ada"', "bob", "eve"),
}
"""In the file, as a variable, as an option."""
KEYS = st.sets(st.sampled_from(sorted(TEXTS)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("settings") / "settings.toml"


def settings(place: Path, text: str, **variables: str) -> Settings:
    place.write_text(text)
    return read_settings({}, {"NEVUS_SETTINGS": str(place), **variables})


@given(in_file=KEYS, in_environment=KEYS, as_option=KEYS)
def test_options_outweigh_variables_and_these_the_file(
    place: Path, in_file: set[str], in_environment: set[str], as_option: set[str]
) -> None:
    lines = [f"{key} = {TEXTS[key][0]}" for key in sorted(in_file)]
    place.write_text("\n".join(lines))
    variables = {f"NEVUS_{key.upper()}": TEXTS[key][1] for key in in_environment}
    options = {key: TEXTS[key][2] for key in as_option}
    found = read_settings(options, {"NEVUS_SETTINGS": str(place), **variables})
    for key in TEXTS:
        option = f"--{key.replace('_', '-')}"
        if key in as_option:
            expected, source = str(TEXTS[key][2]), option
        elif key in in_environment:
            expected, source = TEXTS[key][1], f"NEVUS_{key.upper()}"
        elif key in in_file:
            expected = TEXTS[key][0].strip('"')
            source = f"{place}:{1 + sorted(in_file).index(key)}"
            expected = str(place.parent / expected) if key == "db" else expected
        else:
            default = next(one.default for one in SETTINGS if one.key == key)
            expected, source = str(default), "default"
        value = getattr(found, key)
        assert (f"{value:g}" if isinstance(value, float) else str(value)) == (
            f"{float(expected):g}" if isinstance(value, float) else expected
        )
        assert found.sources[key] == source


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\ntime_limit = 0", ":2: time_limit must be a number of seconds from 1 to 86400, not 0"),
        ("time_limit = true", "time_limit must be"),
        ("time_limit = nan", "time_limit must be"),
        ('time_limit = "soon"', "time_limit must be"),
        ("workers = 0", "workers must be a whole number from 1 to 256, not 0"),
        ('workers = "many"', "workers must be"),
        ("maps_budget = 0", "maps_budget must be a number of gigabytes from 0.1 to 100000, not 0"),
        ('backend = "abacus"', "backend must be one of auto, coreml, onnxruntime, coreai, not"),
        ("backend = ['auto']", "backend must be"),
        ('color = "pink"', "color must be one of auto, truecolor, 256"),
        ('model = "none.mlpackage"', "model must be the path of a model that is there, or a"),
        ("db = 3", "db must be the path of a file"),
        ('reviewer = ""', "reviewer must be a name"),
        ('reviewer = "  "', "reviewer must be a name"),
        ('group = "nobody-has-this"', "group must be a group of this machine"),
        ("reject_reasons = []", "reject_reasons must be a list of 1 to 5 different texts"),
        ('reject_reasons = ["a", " a "]', "reject_reasons must be a list"),
        ('reject_reasons = ["a", 2]', "reject_reasons must be a list"),
        ('reject_reasons = ["a", ""]', "reject_reasons must be a list"),
        ('reject_reasons = ["a\\u001b"]', "reject_reasons must be a list"),
        (f'reject_reasons = ["{"a" * 25}"]', "of at most 24 characters"),
        ("reject_reasons = 3", "reject_reasons must be a list"),
        ('score_words = ["a", "b", "c", "d"]', "score_words must be a list of 5 different texts"),
        ('outline_color = "green"', "outline_color must be a colour written as #rrggbb"),
        ('fill_color = "#ffff0"', "fill_color must be a colour written as #rrggbb"),
        ("outline_width = 0", "outline_width must be a whole number from 1 to 5"),
        ("outline_width = 1.5", "outline_width must be a whole number from 1 to 5"),
        ("outline_width = true", "outline_width must be"),
        ('\n\ncolour = "256"', ":3: there is no setting colour; there are db, model"),
        ("[nevus]\ncolor = '256'", ":1: there is no setting nevus"),
        ("hash_names = 2026-01-01", 'in a variable yes or no, not "2026-01-01".'),
        ("color = ", "is no TOML: Invalid value (at "),
    ],
)
def test_what_can_not_hold_is_refused_with_its_place(place: Path, text: str, words: str) -> None:
    with pytest.raises(BadSettings) as refused:
        settings(place, text)
    assert words in str(refused.value)
    assert str(refused.value).startswith(str(place))


def test_a_variable_that_can_not_hold_is_refused_by_its_name(place: Path) -> None:
    with pytest.raises(BadSettings, match=r"NEVUS_TIME_LIMIT: time_limit must be .*, not '0'"):
        settings(place, "", NEVUS_TIME_LIMIT="0")


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.toml", "is not there"), (tmp_path, "can't be read")):
        with pytest.raises(BadSettings, match=words) as refused:
            read_settings({}, {"NEVUS_SETTINGS": str(path)})
        assert str(path) in str(refused.value)
    (tmp_path / "latin.toml").write_bytes(b'reviewer = "Andr\xe9"')
    with pytest.raises(BadSettings, match="no UTF-8"):
        read_settings({}, {"NEVUS_SETTINGS": str(tmp_path / "latin.toml")})


def test_the_example_says_every_setting_and_sets_none() -> None:
    assert tomllib.loads(example()) == {}
    lines = example().splitlines()
    shown = "\n".join(line[2:] for line in lines if " = " in line)
    assert list(tomllib.loads(shown)) == [one.key for one in SETTINGS]
    for one in SETTINGS:
        if one.default is not None:
            assert one.read(tomllib.loads(shown)[one.key]) == one.default


def test_masks_are_drawn_as_the_settings_say(place: Path) -> None:
    assert settings(place, "").pens() == USUAL_PENS
    held = settings(
        place, 'outline_color = "#FF8000"\noutline_width = 3', NEVUS_FILL_COLOR="#000001"
    )
    assert held.pens() == Pens(Colour(255, 128, 0), Colour(0, 0, 1), 3)
    assert ("outline_color", "#ff8000", f"{place}:1") in held.rows()


def test_reasons_and_words_are_lists_also_in_a_variable(place: Path) -> None:
    assert settings(place, "").reject_reasons[0] == "out of focus"
    assert settings(place, "").score_words == ("unusable", "poor", "fair", "good", "perfect")
    held = settings(
        place, 'reject_reasons = ["zu dunkel", "Haar"]', NEVUS_SCORE_WORDS="1;2 ; 3;4;fünf"
    )
    assert held.reject_reasons == ("zu dunkel", "Haar")
    assert held.score_words == ("1", "2", "3", "4", "fünf")
    assert ("reject_reasons", "zu dunkel; Haar", f"{place}:1") in held.rows()
    assert ("score_words", "1; 2; 3; 4; fünf", "NEVUS_SCORE_WORDS") in held.rows()


@pytest.mark.parametrize("name", ["", " \t", "a\x1b[31mb", "two\nlines", "x" * 41, "\u202eada"])
def test_a_name_that_can_t_stand_in_a_row_is_refused_wherever_it_comes_from(name: str) -> None:
    with pytest.raises(BadSettings, match="--reviewer: reviewer must be a name of at most 40"):
        read_settings({"reviewer": name}, {})


def test_one_name_is_one_however_it_is_typed() -> None:
    decomposed, composed = "Rene\u0301e", "Ren\u00e9e"
    found = read_settings({"reviewer": f" {decomposed} "}, {})
    assert found.name() == composed
    assert found.name() == read_settings({}, {"NEVUS_REVIEWER": composed}).name()


def test_without_a_name_it_is_the_login_s_and_one_that_can_t_be_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOGNAME", "eve")
    assert read_settings({}, {}).name() == "eve"
    monkeypatch.setenv("LOGNAME", "x" * 300)
    with pytest.raises(BadSettings, match="Name yourself with --reviewer or NEVUS_REVIEWER"):
        read_settings({}, {}).name()
