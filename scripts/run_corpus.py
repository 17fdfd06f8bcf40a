#!/usr/bin/env python3
"""Imports everything that the projects of a corpus install, in the sandbox of `barrow run`.

Each project that fits Lambda's limits is built, and one environment of its own Python version gets one
event for each module at the top level of its distributions. What cannot be imported there
is tried on the same interpreter with the tree of `pip install --target`, outside of any sandbox: what
works there has to work here.

    scripts/run_corpus.py --smallest 10
    scripts/run_corpus.py --projects pandas,pillow --barrow target/release/barrow
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from pathlib import Path, PurePosixPath

from oracle import corpus, interpreters, pip_tree

HANDLER = '''"""Imports the module that the event names, and says what came of it."""
import importlib


def handler(event, context):
    try:
        importlib.import_module(event)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
'''
OUTSIDE = "import importlib, sys; importlib.import_module(sys.argv[1])"
CODE = (".py", ".so", ".pyc")
# Enough for the largest; the smallest size of a function is not what this is about.
LIMITS = ("--memory", "3008", "--timeout", "120")


@dataclass
class Verdict:
    """What came out for one project."""

    project: str
    runtime: str
    distributions: int = 0
    modules: int = 0
    imported: int = 0
    # Failed here and there; and failed here alone.
    elsewhere_too: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    remark: str = ""
    build_seconds: float = 0.0
    run_seconds: float = 0.0


def main() -> int:
    options = parse_arguments()
    barrow, cache = corpus.find_barrow(options.barrow), Path(options.cache).resolve()
    cache.mkdir(parents=True, exist_ok=True)
    pythons = interpreters.found()
    projects = choose(options)
    print("| project | runtime | distributions | modules | imported | fail outside, too | fail here only | build | run |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        verdicts = []
        for verdict in pool.map(lambda project: examine(project, options.arch, pythons, barrow, cache), projects):
            print(row(verdict), flush=True)
            verdicts.append(verdict)
    return report(verdicts)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", metavar="DIR", type=Path, default=corpus.CORPUS, help="[fixtures/corpus]")
    parser.add_argument("--projects", metavar="A,B", help="these projects")
    parser.add_argument("--smallest", metavar="N", type=int, help="the N that install the fewest bytes")
    parser.add_argument("--jobs", type=int, default=2, help="projects at a time [2]")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    parser.add_argument("--arch", choices=corpus.ARCHES, default="x86_64")
    parser.add_argument(
        "--cache",
        metavar="DIR",
        default=corpus.target_folder() / "oracle",
        help="where pip, its trees and Barrow's cache are kept between runs [target/oracle]",
    )
    return parser.parse_args()


def choose(options: argparse.Namespace) -> list[corpus.Project]:
    projects = load(options.corpus)
    projects = [project for project in projects if not project.is_refused(options.arch)]
    if options.projects:
        wanted = options.projects.split(",")
        unknown = set(wanted) - {project.name for project in projects}
        if unknown:
            raise SystemExit(f"no such project within the limits: {', '.join(sorted(unknown))}")
        return [project for project in projects if project.name in wanted]
    return projects[: options.smallest] if options.smallest else projects


def load(folder: Path) -> list[corpus.Project]:
    """The projects of our own corpus, or of one that is described by a `corpus.json`."""
    corpus.CORPUS = folder.resolve()
    if (folder / "corpus.toml").exists():
        return corpus.load()
    described = json.loads((folder / "corpus.json").read_text())
    ours = {project.name: project for project in corpus_of_ours()}
    known = {field.name for field in fields(corpus.Project)}
    projects = []
    for found in described["sets"]:
        twin = ours.get(found["name"])
        facts = {name: value for name, value in found.items() if name in known}
        facts["outcome"] = twin.outcome if twin else "same" if found.get("fits_250MB", True) else "over-limit"
        projects.append(corpus.Project(**facts, sdists=twin.sdists if twin else ()))
    return sorted(projects, key=lambda project: project.installed_bytes or 0)


def corpus_of_ours() -> list[corpus.Project]:
    there, corpus.CORPUS = corpus.CORPUS, corpus.ROOT / "fixtures" / "corpus"
    try:
        return corpus.load()
    finally:
        corpus.CORPUS = there


def examine(
    project: corpus.Project, arch: str, pythons: dict[str, Path], barrow: Path, cache: Path
) -> Verdict:
    python = pythons.get(project.python)
    verdict = Verdict(project.name, project.runtime)
    if python is None:
        verdict.remark = f"no python{project.python} here"
        return verdict
    with tempfile.TemporaryDirectory(prefix="barrow-run-corpus-") as scratch:
        try:
            imports(project, arch, python, verdict, barrow, cache, Path(scratch))
        except (subprocess.CalledProcessError, pip_tree.PipFailed) as failed:
            said = getattr(failed, "stderr", None) or str(failed)
            verdict.wrong.append(" / ".join(said.strip().splitlines()[-4:]))
    return verdict


def imports(
    project: corpus.Project, arch: str, python: Path, verdict: Verdict, barrow: Path, cache: Path, scratch: Path
) -> None:
    folder = scratch / "project"
    folder.mkdir()
    (folder / "_import_all.py").write_text(HANDLER)
    package = scratch / "package.zip"
    command = [barrow, "--cache-dir", cache / "barrow"]
    target = ["--runtime", project.runtime, "--arch", arch]

    started = time.perf_counter()
    call([*command, "build", "-q", "--handler", "_import_all.handler", *target, "-r", project.requirements, "-o", package, folder])
    verdict.build_seconds = time.perf_counter() - started
    verdict.distributions, names = top_level(package)
    verdict.modules = len(names)

    events = scratch / "events.jsonl"
    events.write_text("".join(json.dumps(name) + "\n" for name in names))
    started = time.perf_counter()
    run = [*command, "run", "--json", *target, "--python", python, "--handler", "_import_all.handler"]
    done = subprocess.run(
        [*map(str, run), *LIMITS, "--event", str(events), str(package)], capture_output=True, text=True
    )
    verdict.run_seconds = time.perf_counter() - started
    try:
        invocations = json.loads(done.stdout)["invocations"]
    except (ValueError, KeyError):
        raise subprocess.CalledProcessError(done.returncode, "barrow run", stderr=done.stderr) from None
    if len(invocations) != len(names):
        verdict.wrong.append(f"{len(invocations)} answers to {len(names)} events")
    tree = None
    for name, seen in zip(names, invocations, strict=False):
        if seen["function_error"] is None and seen["payload"] == "null":
            verdict.imported += 1
            continue
        tree = tree or pip_tree.make(project, arch, cache)
        problem = f"{name}: {seen['payload'][:300]}"
        (verdict.wrong if imports_outside(name, python, tree) else verdict.elsewhere_too).append(problem)


def call(command: list) -> None:
    subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)


def top_level(package: Path) -> tuple[int, list[str]]:
    """How many distributions a package has, and the names that they can be imported by.

    As `importlib.metadata.packages_distributions` has it: `top_level.txt`, else what RECORD shows.
    """
    with zipfile.ZipFile(package) as content:
        entries = content.namelist()
        infos = [entry.split("/")[0] for entry in entries if entry.count("/") == 1 and entry.endswith(".dist-info/METADATA")]
        coded = {entry.split("/")[0] for entry in entries if "/" in entry and entry.endswith(CODE)}
        coded |= {entry.split(".")[0] for entry in entries if "/" not in entry and entry.endswith(CODE)}
        names = set()
        for info in infos:
            if f"{info}/top_level.txt" in entries:
                names |= set(content.read(f"{info}/top_level.txt").decode().split())
            elif f"{info}/RECORD" in entries:
                names |= names_of_record(content.read(f"{info}/RECORD").decode())
    # A folder of data or of programs is no module, though Python would take it for a namespace.
    return len(infos), sorted(name for name in names if name.isidentifier() and name in coded and name != "_import_all")


def names_of_record(record: str) -> set[str]:
    names = set()
    for line in record.splitlines():
        path = PurePosixPath(line.rsplit(",", 2)[0].strip('"'))
        if len(path.parts) > 1:
            names.add(path.parts[0])
        elif path.name.endswith(CODE):
            # Not by `inspect`, which knows the endings of this interpreter only.
            names.add(path.name.split(".")[0])
    return names


def imports_outside(name: str, python: Path, tree: Path) -> bool:
    """Whether the interpreter imports the module from pip's tree, with nothing around it."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([python, "-c", OUTSIDE, name], cwd=folder, env=environment, capture_output=True)
    return done.returncode == 0


def row(verdict: Verdict) -> str:
    if verdict.remark:
        return f"| {verdict.project} | {verdict.runtime} | | | {verdict.remark} | | | | |"
    return (
        f"| {verdict.project} | {verdict.runtime} | {verdict.distributions} | {verdict.modules} | {verdict.imported} "
        f"| {len(verdict.elsewhere_too)} | {len(verdict.wrong)} | {verdict.build_seconds:.1f} s | {verdict.run_seconds:.1f} s |"
    )


def report(verdicts: list[Verdict]) -> int:
    for verdict in verdicts:
        if verdict.wrong or verdict.elsewhere_too:
            print(f"\n{verdict.project} on {verdict.runtime}")
            print("\n".join([f"- here only: {line}" for line in verdict.wrong]), end="\n" * bool(verdict.wrong))
            print("\n".join([f"- outside, too: {line}" for line in verdict.elsewhere_too]), end="\n" * bool(verdict.elsewhere_too))
    examined = [verdict for verdict in verdicts if not verdict.remark]
    good = sum(not verdict.wrong for verdict in examined)
    modules = sum(verdict.imported for verdict in examined)
    print(f"\n{good} of {len(examined)} projects import what they import outside; {modules} modules")
    return 1 if good != len(examined) or not examined else 0


if __name__ == "__main__":
    sys.exit(main())
