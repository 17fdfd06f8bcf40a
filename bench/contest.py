"""What is measured: each contestant makes the same package from the same wheels.

A contestant is a list of steps; a step is a command that is timed from its start to its end as a
whole process. Preparing and cleaning up happen between the clocks.
"""

import itertools
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from measure import Run, run
from oracle import pip_tree

PYTHON = "3.12"
HANDLER = "import json\n\n\ndef lambda_handler(event, context):\n    return json.dumps(event)\n"

_edition = itertools.count(1)


@dataclass(frozen=True)
class Bench:
    """The places and programs that all contestants share."""

    barrow: Path
    venv: Path
    scratch: Path
    requirements: Path
    wheels: Path

    @property
    def package(self) -> Path:
        return self.scratch / "package.zip"

    @property
    def project(self) -> Path:
        return self.scratch / "project"

    @property
    def warm_cache(self) -> Path:
        return self.scratch / "barrow-cache"

    def fresh(self, name: str) -> Path:
        folder = self.scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    @property
    def pip(self) -> list[str | Path]:
        return [self.venv / "bin" / "python", "-m", "pip"]

    def build(
        self,
        cache: Path,
        requirements: Path | None = None,
        python: str = PYTHON,
        **environment: str,
    ) -> Run:
        command = [self.barrow, "--quiet", "--cache-dir", cache, "build", self.project]
        command += ["-r", requirements or self.requirements, "--runtime", f"python{python}"]
        command += ["-o", self.package]
        # Barrow finds the same uv that it competes with, and does not have to fetch one first.
        return run(command, BARROW_UV=str(self.venv / "bin" / "uv"), **environment)


@dataclass(frozen=True)
class Contestant:
    """One row of the table."""

    name: str
    what: str
    # Slow ones run once a round, fast ones several times.
    slow: bool
    once: Callable[[Bench], dict[str, Run]]


def barrow_cold(bench: Bench) -> dict[str, Run]:
    cache = bench.fresh("cold")
    bench.package.unlink(missing_ok=True)
    uv_cache = str(bench.fresh("cold-uv"))
    return {"": bench.build(cache, UV_CACHE_DIR=uv_cache)}


def barrow_changed(bench: Bench) -> dict[str, Run]:
    (bench.project / "lambda_function.py").write_text(f"{HANDLER}\n# edition {next(_edition)}\n")
    return {"": bench.build(bench.warm_cache)}


def barrow_unchanged(bench: Bench) -> dict[str, Run]:
    return {"": bench.build(bench.warm_cache)}


def barrow_version(bench: Bench) -> dict[str, Run]:
    return {"": run([bench.barrow, "--version"])}


def nothing(_bench: Bench) -> dict[str, Run]:
    return {"": run(["/bin/true"])}


def copy_and_digest(bench: Bench) -> dict[str, Run]:
    copy = bench.scratch / "copy.zip"
    copy.unlink(missing_ok=True)
    return {
        "cp": run(["cp", bench.package, copy]),
        "openssl dgst": run(["openssl", "dgst", "-sha256", copy]),
    }


def pip_and_zip(bench: Bench) -> dict[str, Run]:
    tree = bench.fresh("pip-tree")
    command = [*bench.pip, "install", "-q", "--no-deps", "--no-compile", "--target", tree]
    command += [*pip_tree.target_flags(PYTHON, "x86_64"), "-r", bench.requirements]
    return {"pip install": run(command), **zip_tree(bench, tree)}


def uv_warm_and_zip(bench: Bench) -> dict[str, Run]:
    return uv_and_zip(bench, bench.scratch / "uv-cache")


def uv_cold_and_zip(bench: Bench) -> dict[str, Run]:
    return uv_and_zip(bench, bench.fresh("cold-uv"))


def uv_and_zip(bench: Bench, cache: Path) -> dict[str, Run]:
    tree = bench.fresh("uv-tree")
    command = [bench.venv / "bin" / "uv", "pip", "install", "-q", "--no-deps", "--target", tree]
    command += ["--python-platform", "x86_64-manylinux_2_34", "--python-version", PYTHON]
    command += ["--only-binary", ":all:", "-r", bench.requirements]
    return {"uv pip install": run(command, UV_CACHE_DIR=str(cache)), **zip_tree(bench, tree)}


def unzip_and_zip(bench: Bench) -> dict[str, Run]:
    tree = bench.fresh("unzipped")
    wheels = sorted(bench.wheels.glob("*.whl"))
    script = 'for wheel in "$@"; do unzip -qo "$wheel" -d "$0"; done'
    unzipped = run(["sh", "-c", script, tree, *wheels])
    return {"unzip": unzipped, **zip_tree(bench, tree)}


def zip_tree(bench: Bench, tree: Path) -> dict[str, Run]:
    (tree / "lambda_function.py").write_text(HANDLER)
    output = bench.scratch / "zipped.zip"
    output.unlink(missing_ok=True)
    return {"zip -r9": run(["zip", "-qr9", output, "."], folder=tree)}


CONTESTANTS = (
    Contestant("changed", "Barrow, one project file changed", False, barrow_changed),
    Contestant("copy", "`cp` + `openssl dgst -sha256` of that package", False, copy_and_digest),
    Contestant("unchanged", "Barrow, nothing changed", False, barrow_unchanged),
    Contestant("version", "`barrow --version`", False, barrow_version),
    Contestant("true", "`/bin/true`: what starting any process costs here", False, nothing),
    Contestant("cold", "Barrow, empty caches", True, barrow_cold),
    Contestant("uv-cold", "`uv pip install --target`, empty cache, + `zip -r9`", True, uv_cold_and_zip),
    Contestant("uv-warm", "`uv pip install --target`, warm cache, + `zip -r9`", True, uv_warm_and_zip),
    Contestant("pip", "`pip install --target`, warm cache, + `zip -r9`", True, pip_and_zip),
    Contestant("unzip", "`unzip` of the wheels + `zip -r9`", True, unzip_and_zip),
)
