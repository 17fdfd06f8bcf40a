"""Test-suites of others, unpacked at one commit outside of this repository. They are run, never copied."""

import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from oracle import corpus


@dataclass(frozen=True)
class Suite:
    """A public repository, the commit whose tests are meant, and the paths that they are."""

    repository: str
    commit: str
    paths: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.repository.split("/")[-1]

    def unpacked(self, given: Path | None) -> Path:
        """The folder with the tests: from a clone or bare git directory, else fetched from GitHub."""
        folder = corpus.target_folder() / "oracle" / f"{self.name}-{self.commit[:12]}"
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            archive = folder / "tests.tar"
            archive.write_bytes(self.git(given or self.cloned(), "archive", self.commit, "--", *self.paths))
            with tarfile.open(archive) as content:
                content.extractall(folder, filter="data")
            archive.unlink()
            (folder / "ready").touch()
        return folder

    def cloned(self) -> Path:
        clone = corpus.target_folder() / "oracle" / f"{self.name}.git"
        if not clone.exists():
            url = f"https://github.com/{self.repository}"
            command = ["git", "clone", "--quiet", "--bare", "--filter=blob:none", url, clone]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(
                    f"cannot fetch {url}: {done.stderr.strip()[-300:]}\n"
                    f"name a clone that has commit {self.commit} with --{self.name} DIR"
                )
        return clone

    def git(self, checkout: Path, *arguments: str) -> bytes:
        folder = checkout / ".git" if (checkout / ".git").exists() else checkout
        done = subprocess.run(["git", "--git-dir", folder, *arguments], capture_output=True)
        # A stored copy may lack large files that nobody asks for; git says so and goes on.
        if not done.stdout:
            raise SystemExit(f"{checkout}, expected a clone of {self.repository} with {self.commit}: {done.stderr.decode()[-300:]}")
        return done.stdout


LOCALSTACK = Suite(
    "localstack/localstack",
    "8b9a79f05846835cf4dff63ab7eefdde9df83783",
    ("pyproject.toml", "tests/__init__.py", "tests/conftest.py", "tests/aws"),
)
MOTO = Suite(
    "getmoto/moto",
    "5.2.1",
    ("setup.cfg", "tests/__init__.py", "tests/conftest.py", "tests/markers.py", "tests/test_awslambda", "tests/test_ecr", "tests/test_s3"),
)
