"""A real sshd on loopback with keys and settings of its own."""

import getpass
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/sbin")
MISSING = "sshd, ssh and tmux are needed: apt-get install openssh-server tmux"
SETTINGS = """
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/guest.pub
StrictModes no
UsePAM no
PidFile none
PasswordAuthentication no
PermitRootLogin prohibit-password
"""


def _key(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def far_side(folder: Path) -> Iterator[list[str]]:
    """The ssh command, without what to run, that logs in on a server listening on 127.0.0.1."""
    assert SSHD is not None
    port = _free_port()
    _key(folder / "host")
    _key(folder / "guest")
    settings = folder / "sshd_config"
    settings.write_text(SETTINGS.format(port=port, folder=folder))
    if getpass.getuser() == "root":
        # Where there is no boot, nobody has made it.
        Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen(
        [SSHD, "-D", "-e", "-f", str(settings)], stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stderr is not None
        said = server.stderr.readline()
        assert "listening on 127.0.0.1" in said, said
        known = folder / "known_hosts"
        yield [
            *("ssh", "-F", "none", "-tt", "-p", str(port), "-i", str(folder / "guest")),
            *("-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=accept-new"),
            *("-o", f"UserKnownHostsFile={known}", "-o", "LogLevel=ERROR"),
            f"{getpass.getuser()}@127.0.0.1",
        ]
    finally:
        server.terminate()
        server.communicate()
