"""Nothing is sent anywhere: every process of a run is watched, and none of them tries."""

import os
import subprocess
from pathlib import Path

import pytest
from conftest import delivered, python

from mma_analysis.settings import EXAMPLE

# Python imports a module of this name in every process before anything else.
GUARD = """
import os, socket

LOCAL = ("localhost", "ip6-localhost", "", None)

def is_local(address):
    host = address[0] if isinstance(address, tuple) else address
    if not isinstance(address, tuple) or host in LOCAL:
        return True  # a path or a descriptor: a socket of this machine
    return str(host).startswith(("127.", "::1"))

def watched(owner, name, address_of):
    real = getattr(owner, name)
    def asked(*arguments, **options):
        if not is_local(address_of(arguments)):
            with open(os.environ["MMA_TRIED"], "a", encoding="utf-8") as log:
                log.write(name + "\\n")
            raise OSError("no network in this test")
        return real(*arguments, **options)
    setattr(owner, name, asked)

UNIX = getattr(socket, "AF_UNIX", None)
for name in ("connect", "connect_ex", "sendto"):
    watched(socket.socket, name, lambda given: "" if given[0].family == UNIX else given[-1])
for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
    watched(socket, name, lambda given: given[:1])

with open(os.environ["MMA_STARTED"], "a", encoding="utf-8") as log:
    log.write(str(os.getpid()) + "\\n")
"""


class Watched:
    """Runs programs of which each process writes down that it started, and what it tried."""

    def __init__(self, folder: Path) -> None:
        (folder / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
        self.tried, self.started = folder / "tried", folder / "started"
        path = [str(folder), os.environ.get("PYTHONPATH", "")]
        self._environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            "MMA_TRIED": str(self.tried),
            "MMA_STARTED": str(self.started),
        }

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return python(*command, env=self._environment)


@pytest.fixture
def watched(tmp_path) -> Watched:
    return Watched(tmp_path)


TRIES = [
    "socket.create_connection(('192.0.2.1', 80), timeout=1)",
    "socket.getaddrinfo('voorbeeld.invalid', 80)",
    "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "__import__('urllib.request').request.urlopen('http://192.0.2.1')",
]


@pytest.mark.parametrize("code", TRIES)
def test_whoever_tries_is_written_down_also_in_a_child_process(watched, code):
    child = f"import socket; {code}"

    watched.run("-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])")

    assert watched.tried.read_text(encoding="utf-8")


COMMANDS = (
    *("run --only borne --only twente", "report --only borne --force", "check", "audit"),
    "bundle --only borne",
    *(f"compare {EXAMPLE} {EXAMPLE}", f"forget {EXAMPLE} --yes"),
)


@pytest.mark.slow
def test_no_process_of_any_command_tries_the_network(watched, tmp_path):
    root = delivered(tmp_path / "root", "borne", "losser").root

    for command in COMMANDS:
        ended = watched.run("-m", "mma_analysis", "--root", root, *command.split())
        # 3: of these two gemeenten alone nobody signed the dossier
        waits = command.split()[0] in ("audit", "bundle")
        assert ended.returncode in ((0, 3) if waits else (0,)), ended.stdout + ended.stderr

    # A process that was forked has the guard of its parent, and does not start anew.
    assert len(set(watched.started.read_text(encoding="utf-8").split())) >= len(COMMANDS)
    assert not watched.tried.exists()
