"""The projects of `fixtures/corpus`, and the platforms that wheels for a target may name."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "fixtures" / "corpus"

ARCHES = {"x86_64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True)
class Project:
    """One folder of the corpus; the fields are explained in `corpus.toml`."""

    name: str
    python: str
    why: str
    outcome: str
    installed_bytes: int | None = None
    refused_because: tuple[str, ...] = ()
    sdists: tuple[str, ...] = ()
    architectures: tuple[str, ...] = tuple(ARCHES)
    over_limit_on: tuple[str, ...] = tuple(ARCHES)
    only_by_name: bool = False

    @property
    def requirements(self) -> Path:
        return CORPUS / self.name / "requirements.txt"

    def is_refused(self, arch: str) -> bool:
        """Whether a build for this architecture is to fail, unless it is forced to go on."""
        over_limit = self.outcome == "over-limit" and arch in self.over_limit_on
        return over_limit or self.outcome == "refused"

    @property
    def runtime(self) -> str:
        return f"python{self.python}"


def load() -> list[Project]:
    """All projects, smallest first; those that never give a package come last."""
    with (CORPUS / "corpus.toml").open("rb") as file:
        rows = tomllib.load(file)["project"]
    projects = [
        Project(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})
        for row in rows
    ]
    unknown = {project.outcome for project in projects} - {"same", "over-limit", "refused"}
    if unknown:
        raise SystemExit(f"corpus.toml: outcome {unknown} is none of same, over-limit, refused")
    return sorted(projects, key=lambda p: (p.installed_bytes is None, p.installed_bytes))


def platforms(python: str, arch: str) -> list[str]:
    """Platform tags that the runtime's C library satisfies, newest first (PEP 600).

    python3.12 and later run on Amazon Linux 2023 with glibc 2.34, older ones on Amazon Linux 2
    with 2.26.
    """
    machine = ARCHES[arch]
    newest = 34 if int(python.split(".")[1]) >= 12 else 26
    oldest = 5 if arch == "x86_64" else 17
    legacy = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
    tags = []
    for minor in range(newest, oldest - 1, -1):
        tags.append(f"manylinux_2_{minor}_{machine}")
        if minor in legacy:
            tags.append(f"{legacy[minor]}_{machine}")
    return [*tags, f"linux_{machine}"]


def target_folder() -> Path:
    """Where cargo builds, which is also where these scripts keep what they make."""
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()


def find_barrow(named: str | None) -> Path:
    """The binary to examine: the one named, else the newer of the release and debug builds."""
    if named:
        found = [Path(named).resolve()]
    else:
        found = [target_folder() / profile / "barrow" for profile in ("release", "debug")]
    found = [path for path in found if path.is_file()]
    if not found:
        where = named or f"{target_folder()}/release/barrow"
        raise SystemExit(f"no binary at {where}; `cargo build --release -p barrow` makes it")
    return max(found, key=lambda path: path.stat().st_mtime)
