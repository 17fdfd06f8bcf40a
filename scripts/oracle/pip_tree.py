"""The tree that `pip install --target` makes from a project's pins."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from . import corpus

_pip_lock = threading.Lock()


class PipFailed(Exception):
    """pip's own words, last lines only."""


def newest_pip(cache: Path) -> list[str | Path]:
    """The command of the newest pip, which is fetched on first use.

    Not one in a virtual environment: from there pip puts headers under `include/site/python3.x`,
    with the version of the Python that happens to run it, instead of under `include/python`.
    """
    with _pip_lock:
        folder = cache / "pip"
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _run([sys.executable, "-m", "pip", "install", "-q", "--target", folder, "pip"])
            (folder / "ready").touch()
    # Of a virtual environment, the interpreter that it was made from.
    python = getattr(sys, "_base_executable", None) or sys.executable
    return [python, folder / "pip"]


def pip_version(cache: Path) -> str:
    return _run([*newest_pip(cache), "--version"]).split(" from ")[0]


def target_flags(python: str, arch: str) -> list[str]:
    """Flags that make pip choose wheels for a Lambda runtime instead of for this machine."""
    flags = ["--python-version", python, "--implementation", "cp", "--only-binary=:all:"]
    for platform in corpus.platforms(python, arch):
        flags += ["--platform", platform]
    return flags


def make(project: corpus.Project, arch: str, cache: Path) -> Path:
    """The folder with pip's tree. It is kept, and made again when pins, target or pip change."""
    pip = newest_pip(cache)
    pins = project.requirements.read_bytes()
    key = [pins, project.runtime, arch, pip_version(cache), project.sdists]
    digest = hashlib.sha256(repr(key).encode()).hexdigest()[:16]
    tree = cache / "trees" / f"{project.name}-{arch}-{digest}"
    if tree.exists():
        return tree

    (cache / "trees").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        scratch = Path(scratch)
        requirements = project.requirements
        find_links: list[str | Path] = []
        if project.sdists:
            wheels = _build_sdists(pip, project, scratch)
            requirements = scratch / "requirements.txt"
            requirements.write_text(_with_built_wheels(pins.decode(), wheels))
            find_links = ["--find-links", scratch]
        made = scratch / "tree"
        _run(
            [*pip, "install", "-q", "--no-compile", "--no-deps", "--target", made]
            + target_flags(project.python, arch)
            + find_links
            + ["-r", requirements]
        )
        made.mkdir(exist_ok=True)
        try:
            made.rename(tree)
        except OSError:
            # Another run made the same tree first, and a tree is never changed.
            if not tree.exists():
                raise
    return tree


def normalized(name: str) -> str:
    """A distribution's name as names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _build_sdists(pip: list[str | Path], project: corpus.Project, scratch: Path) -> dict[str, Path]:
    """Builds the wheels that no index has. pip checks the sdists against the pinned hashes."""
    pins = re.sub(r"\\\n", " ", project.requirements.read_text())
    wanted = {normalized(name) for name in project.sdists}
    lines = [line for line in pins.splitlines() if normalized(line.split("==")[0]) in wanted]
    (scratch / "sdists.txt").write_text("\n".join(lines) + "\n")
    _run(
        [*pip, "wheel", "-q", "--no-deps", "--wheel-dir", scratch]
        + ["-r", scratch / "sdists.txt"]
    )
    wheels = {normalized(path.name.split("-")[0]): path for path in scratch.glob("*.whl")}
    if set(wheels) != wanted:
        raise PipFailed(f"built {sorted(wheels)}, expected {sorted(wanted)}")
    return wheels


def _with_built_wheels(pins: str, wheels: dict[str, Path]) -> str:
    """The pins, with the hash of the wheel that was built in place of the sdist's."""
    lines = []
    for line in re.sub(r"\\\n", " ", pins).splitlines():
        pin = line.split(" ")[0]
        wheel = wheels.get(normalized(pin.split("==")[0]))
        if wheel:
            line = f"{pin} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _run(command: list[str | Path]) -> str:
    # A user's umask is no part of the tree: pip's files are to be 0644 and 0755.
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        env=environment,
        umask=0o022,
    )
    if done.returncode != 0:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-6:])
        raise PipFailed(f"pip {command[2]}: {tail}")
    return done.stdout
