"""The Python interpreters of this machine that Lambda has a runtime for, and those runtimes."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MINORS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


@dataclass(frozen=True)
class Runtime:
    """What `barrow runtime install` built for one version."""

    minor: str
    python: Path
    awslambdaric: str
    boto3: str
    directories: list[Path]


def found() -> dict[str, Path]:
    """The newest patch release of each minor version: pyenv's, else the one on PATH."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    interpreters = {}
    for minor in MINORS:
        installed = [path for path in pyenv.glob(f"{minor}.*") if (path / "bin" / "python").exists()]
        installed.sort(key=lambda path: [int(part) for part in path.name.split(".") if part.isdigit()])
        on_path = shutil.which(f"python{minor}")
        if installed:
            interpreters[minor] = installed[-1] / "bin" / f"python{minor}"
        elif on_path and runs(on_path):
            interpreters[minor] = Path(on_path).resolve()
    return interpreters


def runs(program: str) -> bool:
    """Launchers of version managers may lead nowhere."""
    return subprocess.run([program, "-c", "pass"], capture_output=True).returncode == 0


def install_runtime(barrow: Path, minor: str, python: Path, *flags: str) -> Runtime:
    command = [barrow, *flags, "runtime", "install", f"python{minor}", "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"`{' '.join(map(str, command))}` ended with {done.returncode}:\n{done.stderr}")
    said = json.loads(done.stdout)
    said = said[0] if isinstance(said, list) else said
    directories = [Path(said["sdk_directory"]), Path(said["runtime_directory"])]
    return Runtime(minor, python, said["awslambdaric"], said["boto3"], list(dict.fromkeys(directories)))
