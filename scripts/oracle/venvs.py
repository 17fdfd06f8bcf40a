"""Virtual environments for the programs of others, made once under `target/oracle`."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from oracle import corpus, interpreters


@dataclass(frozen=True)
class Venv:
    """What is installed where. `complete` lists say all that is to be there, dependencies and all."""

    name: str
    minor: str
    wanted: tuple[str, ...]
    complete: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        said = hashlib.sha256(repr(self).encode()).hexdigest()[:8]
        return corpus.target_folder() / "oracle" / f"venv-{self.name}-{said}"

    def make(self) -> Path:
        """The folder of its programs; makes them first if they are not there."""
        programs = self.folder / "bin"
        if not (self.folder / "ready").exists():
            python = interpreters.found().get(self.minor)
            if python is None:
                raise SystemExit(f"no python{self.minor} here, which {self.name} needs")
            print(f"making {self.folder}", file=sys.stderr, flush=True)
            run(python, "-m", "venv", "--clear", self.folder)
            pip = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            if self.complete:
                run(*pip, "--no-deps", *self.complete)
            if self.wanted:
                run(*pip, *self.wanted)
            (self.folder / "ready").touch()
        return programs


def run(*command: object) -> None:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"`{' '.join(map(str, command))[:300]}` ended with {done.returncode}:\n{done.stderr[-2000:]}")


# What localstack-core 2026.3.0 was released with; pip alone finds that two of its pins disagree.
PINS = corpus.ROOT / "fixtures" / "recorded" / "requirements.txt"
LOCALSTACK = Venv("localstack", "3.13", ("pytest-timeout",), ("localstack-core==2026.3.0", *PINS.read_text().split()))
AWS = Venv("aws", "3.12", ("awscli", "boto3"))
MOTO = Venv("moto", "3.12", ("moto[all,server]==5.2.1", "pytest", "pytest-timeout", "freezegun", "sure", "flaky", "parameterized"))
CHALICE = Venv("chalice", "3.12", ("chalice", "setuptools"))
ZAPPA = Venv("zappa", "3.11", ("zappa", "setuptools<81"))
SAM = Venv("sam", "3.12", ("aws-sam-cli",))
