"""What the review screen says where a photo would be, before something surprising, and last."""

from collections.abc import Collection, Sequence
from pathlib import Path

from db.values import DecisionKind
from imaging.decode.formats import NAMES
from imaging.text import printable
from pipeline.review.sitting import Sat
from pipeline.review.tally import KINDS
from tui.keymap import Keymap
from tui.words import duration

EMPTY = (
    "There are no photos in this folder yet.",
    f"Drop some into it ({NAMES}): they appear here by themselves.",
)
LOOKING = ("Looking through the folder …",)
NONE_TO_UNDO = "There is no edit to undo."
NONE_TO_REDO = "There is no undone edit to redo."
LONGEST_LIST = 3
"""Names said one by one."""


def nothing_waits(
    skipped: bool, aside: int, coming: bool, keys: Keymap, others: int = 0
) -> tuple[str, ...]:
    """Paragraphs on what is left when no photo waits, or only one that was `skipped` just now.

    `aside` files are no photos; `coming` says that the folder is not yet gone through. As many
    photos as `others` have open wait, but not here.
    """
    before = f"{keys.key('previous')} goes back"
    here = " that is here so far" if coming else ""
    if skipped:
        left = f"Every other photo{here} is decided. 1 photo is skipped; {before} to it."
    elif others:
        are = "1 photo is" if others == 1 else f"{others} photos are"
        left = f"{are} open with others. Every other one{here} is reviewed."
    else:
        left = f"Every photo{here} is reviewed."
    files = "1 file was" if aside == 1 else f"{aside} files were"
    why = (f"{files} set aside: the end of the list says why.",) if aside else ()
    back = "" if skipped else f"{before}, "
    last = f"{keys.key('take_back')} takes the last decision back."
    return left, *why, f"New ones appear by themselves. {back}{last}"


def nothing_here(found: int | None = None, passed_by: str | None = None) -> tuple[str, ...]:
    """Paragraphs for where a photo would be while the queue has none; None: not yet looked.

    `passed_by` is a sentence on files that are left out.
    """
    if found is None:
        return LOOKING
    if not found:
        return EMPTY if passed_by is None else (*EMPTY, passed_by)
    photos = "1 photo is" if found == 1 else f"{found} photos are"
    return (f"{photos} found. The first appears in a moment.",)


def nothing_decided(keys: Keymap) -> str:
    """Where figures would be on what was decided."""
    return (
        "Nothing is decided yet. Once some photos are, this tells how many, how fast, and how "
        f"much of the model's outlines was right. {keys.key('progress')} comes back here."
    )


ONLY_SKIPPED = "All that was decided so far is skipped: these photos come again."
"""Where figures would be on photos that were reviewed."""


def nothing_changed(taken: int) -> str:
    """Where it would be told how much of the model's outlines was changed, of so many taken."""
    if not taken:
        return "No outline of a model is accepted or corrected yet, so there is none to compare."
    if taken == 1:
        return "Nothing was corrected: the 1 outline that was taken is as the model drew it."
    return f"Nothing was corrected: all {taken:,} outlines that were taken are as the model drew."


def nothing_left(elsewhere: int, keys: Keymap) -> tuple[str, ...]:
    """Paragraphs for when nothing waits of what is shown; `elsewhere` photos wait that are not."""
    left = "None of the photos that are shown waits any more."
    others = "1 other waits" if elsewhere == 1 else f"{elsewhere or 'no'} others wait"
    leave, previous, back = map(keys.key, ("put_away", "previous", "take_back"))
    return (
        left,
        f"{leave} shows all: {others}. {previous} goes back, {back} takes the last decision back.",
    )


def nothing_fits(keys: Keymap) -> tuple[str, ...]:
    """Paragraphs for where a photo would be while none is wanted."""
    leave, others = keys.key("put_away"), keys.key("filter")
    sentence = f"{leave} shows all photos again, {others} asks for others."
    return "No photo fits what is asked for.", sentence


def not_found(text: str) -> str:
    """Said where a search finds nothing."""
    return f"No name and no note has “{text}” in it."


def only_so_many(photos: int) -> str:
    """Said where a photo is asked for by a number that none has."""
    return "1 photo is shown" if photos == 1 else f"{photos or 'no'} photos are shown"


def skipped_again(count: int) -> str:
    """Said once, when only skipped photos are left."""
    skipped = "1 was skipped and comes" if count == 1 else f"{count} were skipped and come"
    return f"Every other photo is decided: {skipped} again."


def empty_outline(name: str, keys: Keymap) -> str:
    """Asked before an outline without a pixel is accepted."""
    return (
        f"The outline of {name} is empty. {keys.key('accept')} accepts it empty all the same; "
        f"{keys.key('no_lesion')} says no lesion, {keys.key('undo')} undoes."
    )


def no_outline(keys: Keymap) -> str:
    """Said where an outline is accepted that is not there."""
    tools, others = (
        "{}, {}, {} and {}".format(*map(keys.key, ("brush", "lasso", "polygon", "box"))),
        "{}, {} and {}".format(*map(keys.key, ("no_lesion", "reject", "skip"))),
    )
    return f"There is no outline to accept yet. {tools} draw one; {others} work without one."


def shape_kept(name: str, tool: str, keys: Keymap) -> str:
    """Said where a tool is put away whose shape is not closed, and where its photo comes again."""
    return f"The {tool} on {name} is not closed. Its points are kept: {keys.key(tool)} goes on."


def open_shape(tool: str, keys: Keymap) -> str:
    """Said where an outline is accepted while a shape is drawn: nothing is but what is seen."""
    drop, accept = keys.key("put_away"), keys.key("accept")
    return f"The {tool} is not closed. enter closes it, {drop} drops it; then {accept} accepts."


def taken_back(kind: DecisionKind, name: str | None) -> str:
    """Said where a decision is taken back; `name` is None where its photo is not in the folder."""
    where = "a photo that is not in this folder" if name is None else name
    return f"Taken back: {kind}, on {where}."


def passed_over(name: str, who: str, kind: DecisionKind) -> str:
    """Said behind that where another reviewer has decided since what was decided later."""
    return f" Not on {name}, your last: {printable(who)} has decided it since ({kind})."


def page_taken_back(photos: int) -> str:
    """Said where all that one key accepted of a page is taken back."""
    return f"Taken back: {photos} photos that were accepted together. They wait again."


def came_just_now(name: str) -> str:
    """Said where a key may have been meant for the photo that was there before."""
    return f"{name} came just now. Press again if you mean it."


def came_instead(name: str, lost: str) -> str:
    """Said where a key may have been meant for a photo that is gone."""
    if name == lost:
        return f"This is another {name} than the one you had open. Press again if you mean it."
    return f"This is {name}: {lost}, which you had open, is gone. Press again if you mean it."


def gone_from_folder(lost: str, name: str) -> str:
    """Said where the photo that lay open is gone; `name` is what came, empty where none did."""
    if name == lost:
        return f"{name} holds another picture by now, which you see: what you had open is gone."
    now = f" Now you see {name}." if name else ""
    return f"{lost} is gone from the folder: deleted, renamed or forgotten.{now}"


def there_again(name: str, lost: str) -> str:
    """Said where the photo that was gone is there again, and seen again."""
    now = "is there again" if name == lost else f"is now {name}"
    return f"{lost} {now}: you see it as you left it."


def seen_again(keys: Keymap) -> str:
    """Said where an outline was to be accepted that is not seen: nothing is but what is seen."""
    accept = keys.key("accept")
    return f"That was the outline before. Now you see yours again, which {accept} accepts."


def open_elsewhere(name: str, holder: str, reviewer: str) -> str:
    """Said on a photo that was gone to and is open in another session."""
    if holder == reviewer:
        return f"You have {name} open in another window, or had a moment ago."
    return f"{printable(holder)} has {name} open."


def decided_meanwhile(name: str, who: str, kind: DecisionKind, kept: str = "") -> str:
    """Said where a photo that lies open was decided elsewhere, and what becomes of edits."""
    return (
        f"{printable(who)} has decided {name} meanwhile: {kind}. You see it as it was; leave it "
        f"and come back to see it as it is.{kept and f' {kept}'}"
    )


def edits_kept(edits: int, keys: Keymap) -> str:
    """Said where a reviewer's edits are, or will be, on an outline that doesn't stand any more."""
    are, them = ("edit is", "it") if edits == 1 else (f"{edits} edits are", "them")
    return (
        f"Your {are} kept with the outline before: {keys.key('revisions')} shows {them} among the "
        f"revisions, enter takes {them}."
    )


def edits_kept_on(name: str, edits: int, keys: Keymap) -> str:
    """Said where a photo comes up on which edits are kept that its outline does not hold."""
    return f"{name} has another outline than you drew on. {edits_kept(edits, keys)}"


def nothing_to_undo(kept: int, keys: Keymap) -> str:
    """Said where there is no edit to undo; so many are kept with outlines before."""
    return f"{NONE_TO_UNDO} {edits_kept(kept, keys)}" if kept else NONE_TO_UNDO


def model_came(name: str, keys: Keymap) -> str:
    """Said where the model has outlined a photo that was open without an outline."""
    return (
        f"The model has outlined {name} by now. What you draw stays; {keys.key('model')} takes the "
        "model's outline."
    )


def newer_outline(name: str, keys: Keymap) -> str:
    """Said where another outline of a photo has come on which a tool is about to draw."""
    return f"{name} has a newer outline. {keys.key('put_away')} puts the tool away and shows it."


def seen_before_it_changed(name: str) -> str:
    """Said where a photo was to be decided that is not as it was seen any more."""
    return (
        f"{name} has changed since you opened it: nothing is decided. Now you see it as it is; "
        "press again if you mean it."
    )


def not_seen_yet(name: str) -> str:
    """Said where a key was pressed before the photo was there that it would decide or score."""
    return f"{name} was not on the screen yet when you pressed: nothing is done. Press again."


def not_stored(names: Collection[str], why: str) -> str:
    """Said when nevus is left while decisions are refused."""
    decisions = "The decision on" if len(names) == 1 else f"{len(names)} decisions are not stored:"
    end = f" is not stored ({why})." if len(names) == 1 else f" ({why})."
    return f"{decisions} {listed(list(names))}{end} Leaving now loses what was decided."


def leaving(changes: int) -> str:
    """Said where nevus is to be left while so many edits and decisions are on their way."""
    are = "1 change is" if changes == 1 else f"{changes} changes are"
    return f"nevus leaves as soon as all is saved: {are} on the way."


def edited_since(names: Sequence[str], keys: Keymap) -> str:
    """Said when nevus is left while decided photos have edits that no decision holds."""
    were = "was edited after its" if len(names) == 1 else "were edited after their"
    return (
        f"{listed(names)} {were} decision: {keys.key('accept')} stores the edits, an export is "
        "without them."
    )


def farewell(sat: Sat, waiting: int | None, database: Path) -> str:
    """Said once nevus was left; `waiting` is None where the folder was not looked through."""
    wait = "" if waiting is None else _wait(waiting)
    if sat.median_seconds is None:
        return wait
    kinds = ", ".join(f"{sat.kinds[kind]} {kind}" for kind in KINDS if sat.kinds.get(kind))
    took = f"in {duration(sat.seconds)}, {sat.median_seconds:.1f} s a photo in the median"
    return " ".join(part for part in (f"{kinds} {took}.", wait, f"All is in {database}") if part)


def _wait(waiting: int) -> str:
    if not waiting:
        return "No photo waits."
    return "1 photo waits." if waiting == 1 else f"{waiting} photos wait."


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - LONGEST_LIST
    told = ", ".join(names[:LONGEST_LIST])
    return f"{told} and {more} more" if more > 0 else told


def theme_switched(name: str) -> str:
    """That the screen is dark or light now, and how it stays so."""
    return f'{name.capitalize()} in this folder. theme = "{name}" in your settings: everywhere.'
