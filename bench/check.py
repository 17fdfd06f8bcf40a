#!/usr/bin/env python3
"""Times `barrow check` on packages near Lambda's limit against `unzip -t` of the same files.

    bench/check.py            ten rounds
    bench/check.py --quick    one

Contestants take turns, so that a slow minute of the machine hits them both. The last column says
whether a promise is kept; a broken one makes the exit code 1.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scripts"))

from measure import Run, run, spread
from oracle import corpus

RUNTIME = "python3.13"
SECONDS = 1.0
BYTES = 100_000_000

# A few large libraries; what people put together; and as much Python source as would fit.
PACKAGES = {
    "few large files": (HERE.parent / "fixtures/corpus/polars-duckdb/requirements.txt"),
    "data science": HERE / "check_science.in",
    "nothing but modules": HERE / "check_modules.in",
}


@dataclass(frozen=True)
class Package:
    """A package that is checked, and what is in it."""

    name: str
    path: Path
    files: int
    modules: int
    unzipped: int


def main() -> int:
    options = parse_arguments()
    barrow = corpus.find_barrow(options.barrow)
    if not shutil.which("unzip"):
        raise SystemExit("no `unzip` here, which is the other contestant")
    with tempfile.TemporaryDirectory(prefix="barrow-bench-") as scratch:
        packages = [build(barrow, Path(scratch), name, file) for name, file in PACKAGES.items()]
        print(
            "| package | files | modules | unzipped | `unzip -t` | `barrow check`, median | least–most | ÷ `unzip -t` "
            "| peak memory | |\n|---|---|---|---|---|---|---|---|---|---|"
        )
        kept = [measure(barrow, package, 1 if options.quick else 10) for package in packages]
    return 0 if all(kept) else 1


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    return parser.parse_args()


def build(barrow: Path, scratch: Path, name: str, requirements: Path) -> Package:
    path = scratch / f"{name.replace(' ', '-')}.zip"
    run([barrow, "build", "-r", requirements, "--runtime", RUNTIME, "--force", "-o", path, "--name", "bench"], scratch)
    with zipfile.ZipFile(path) as package:
        entries = package.infolist()
    modules = sum(entry.filename.endswith(".py") for entry in entries)
    return Package(name, path, len(entries), modules, sum(entry.file_size for entry in entries))


def measure(barrow: Path, package: Package, rounds: int) -> bool:
    ours: list[Run] = []
    theirs: list[Run] = []
    for _ in range(rounds):
        theirs.append(run(["unzip", "-tqq", package.path]))
        ours.append(run([barrow, "check", package.path, "--runtime", RUNTIME, "--json"]))
    seconds = statistics.median(one.seconds for one in ours)
    their_seconds = statistics.median(one.seconds for one in theirs)
    peak = max(one.peak_bytes for one in ours)
    kept = seconds <= SECONDS and peak <= BYTES
    print(
        f"| {package.name} | {package.files} | {package.modules} | {package.unzipped / 1e6:.0f} MB | {their_seconds:.2f} s "
        f"| {spread([one.seconds for one in ours])} | {seconds / their_seconds:.2f} | {peak / 1e6:.0f} MB "
        f"| {'kept' if kept else '**broken**'} |"
    )
    return kept


if __name__ == "__main__":
    sys.exit(main())
