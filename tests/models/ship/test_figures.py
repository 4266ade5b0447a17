import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.evaluate.pairs import Pair
from models.ship.figures import Tile, contact_sheet, draw_curves

pytest.importorskip(
    "matplotlib", reason="matplotlib is not installed (pip install nevus[training])"
)

WORD = {
    "bins": [{"said": 0.2, "found": 0.1, "share": 0.5}, {"said": 0.8, "found": 0.9, "share": 0.5}],
    "predicted": [0.9, 0.2, 0.7],
    "true": [0.8, 0.3, 0.9],
    "calibration_error": 0.1,
    "caught": 1.0,
}


@pytest.mark.slow
def test_the_curves_of_a_card_are_drawn(tmp_path: Path) -> None:
    card = tmp_path / "m.json"
    card.write_text(json.dumps({"confidence": {"phone": WORD, "all": WORD}}))
    draw_curves(card, tmp_path)
    for name in ("reliability.png", "risk.png"):
        with Image.open(tmp_path / name) as picture:
            assert len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)) > 20


def test_a_contact_sheet_shows_photo_truth_and_prediction_side_by_side() -> None:
    photo = np.full((120, 160, 3), 200, np.uint8)
    truth, drawn = np.zeros((120, 160), bool), np.zeros((120, 160), bool)
    truth[:, :80] = drawn[:, 80:] = True
    tile = Tile(Pair(Path("a.jpg"), Path("a.png"), {}), photo, truth, drawn, 0.0, 0.4)
    sheet = np.asarray(contact_sheet([tile] * 3).convert("L")).astype(int)
    plain, true, said = sheet[60, 40], sheet[60, 226 + 40], sheet[60, 2 * 226 + 40]
    assert plain == said != true
    assert sheet[60, 2 * 226 + 120] != plain
    assert sheet.shape == (2 * 244, 2 * 684)
