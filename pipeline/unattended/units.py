"""Units that have the system start `nevus watch` and keep it running, for one user, not root.

systemd's quoting: freedesktop.org/software/systemd/man/latest/systemd.syntax.html#Quoting and
systemd.unit.html#Specifiers; launchd's keys: launchd.plist(5).
"""

import plistlib
import re
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from unicodedata import category

from imaging.text import printable
from pipeline.errors import PipelineError

RESTART = 10
"""Seconds between an end and the next start."""
ENDING = 10
"""Seconds that nevus has to end, which takes it at most five."""
NICE = 10
PASSED_ON = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
"""Variables that say where nevus looks for its own files, beside those named NEVUS_…"""


class NoUnit(PipelineError):
    """A unit can't be written; its text says why."""


@dataclass(frozen=True)
class Service:
    """A command that is to run always: absolute paths, and variables that it needs."""

    command: tuple[str, ...]
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    errors: Path | None = None
    """Where launchd writes what a crash prints; the system has a place of its own with None."""

    @property
    def name(self) -> str:
        """What the system calls it: letters, digits, and what tells two folders apart."""
        word = re.sub(r"[^A-Za-z0-9]+", "-", self.folder.name).strip("-")[:30]
        key = sha256(str(self.folder).encode("utf-8", "surrogateescape")).hexdigest()[:6]
        return f"nevus-{word}-{key}" if word else f"nevus-{key}"


def installed_nevus() -> Path:
    """The program of this environment. Raises NoUnit."""
    nevus = Path(sysconfig.get_path("scripts")) / "nevus"
    if not nevus.is_file():
        raise NoUnit(f"There is no program at {nevus}. Install nevus into this environment.")
    return nevus


def systemd_unit(service: Service) -> str:
    """A user unit for systemd. Raises NoUnit where a path is no text, or the program's too odd."""
    if any(sign in "\"'\\" or category(sign) == "Cc" for sign in service.command[0]):
        raise NoUnit(
            f"{service.command[0]}: systemd starts no program whose path has quotation marks, "
            "backslashes or control characters. Install nevus elsewhere."
        )
    words = [_word(service.command[0], dollar="$"), *map(_word, service.command[1:])]
    variables = [
        f"Environment={_word(f'{name}={value}', dollar='$')}"
        for name, value in sorted(service.variables.items())
    ]
    # Not the path last: a line that ends in a backslash goes on in the next one.
    description = printable(f"nevus, which watches {service.folder} for photos")
    return "\n".join(
        [
            "[Unit]",
            f"Description={description.replace('%', '%%')}",
            "StartLimitIntervalSec=0",
            "",
            "[Service]",
            "Type=exec",
            f"ExecStart={' '.join(words)}",
            *variables,
            "Restart=always",
            f"RestartSec={RESTART}",
            # Wrong usage stays wrong.
            "RestartPreventExitStatus=2",
            f"TimeoutStopSec={ENDING}",
            "KillMode=mixed",
            f"Nice={NICE}",
            "UMask=0077",
            "",
            "[Install]",
            "WantedBy=default.target",
            "",
        ]
    )


def launchd_plist(service: Service) -> str:
    """A user agent for launchd. Raises NoUnit where a path is no text or has control characters."""
    unit: dict[str, object] = {
        "Label": service.name,
        "ProgramArguments": list(service.command),
        "RunAtLoad": True,
        "KeepAlive": True,
        "ThrottleInterval": RESTART,
        "ExitTimeOut": ENDING,
        "Nice": NICE,
        # "Background" would keep it off the fast cores.
        "ProcessType": "Standard",
        "Umask": 0o077,
        "StandardOutPath": "/dev/null",
    }
    if service.variables:
        unit["EnvironmentVariables"] = dict(service.variables)
    if service.errors is not None:
        unit["StandardErrorPath"] = str(service.errors)
    for text in (*service.command, *service.variables.values()):
        # An XML parser takes some for others.
        if any(category(sign) in {"Cc", "Cs"} for sign in text):
            raise _no_text(text)
    lines = plistlib.dumps(unit).decode().splitlines()
    return "".join(f"{''.join(map(_in_xml, line))}\n" for line in lines)


def how_to_install(kind: str, service: Service) -> str:
    """What to do with a unit, for a person."""
    if kind == "launchd":
        place = f"~/Library/LaunchAgents/{service.name}.plist"
        return (
            f"Save it as {place}, then: launchctl bootstrap gui/$(id -u) {place}\n"
            f"To end it: launchctl bootout gui/$(id -u)/{service.name}"
        )
    return (
        f"Save it as ~/.config/systemd/user/{service.name}.service, then: systemctl --user "
        f"daemon-reload; systemctl --user enable --now {service.name}\n"
        "To have it run while you are not logged in: loginctl enable-linger\n"
        f"To end it: systemctl --user disable --now {service.name}; its log: journalctl --user "
        f"-u {service.name}"
    )


def _word(text: str, dollar: str = "$$") -> str:
    """One word of a line of systemd's: quoted, its own signs doubled, its control signs escaped."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _no_text(text) from error
    signs = {"\\": "\\\\", '"': '\\"', "%": "%%", "$": dollar}
    return f'"{"".join(signs.get(sign) or _plain(sign) for sign in text)}"'


def _plain(sign: str) -> str:
    if printable(sign) == sign:
        return sign
    return f"\\x{ord(sign):02x}" if ord(sign) < 0x80 else f"\\U{ord(sign):08x}"


def _in_xml(sign: str) -> str:
    return sign if sign == "\t" or printable(sign) == sign else f"&#x{ord(sign):x};"


def _no_text(what: object) -> NoUnit:
    return NoUnit(
        f"{what}: a unit can't hold this name, which has control characters or is no valid text. "
        "Rename it."
    )
