#!/usr/bin/env python3
"""Holds what `barrow check` says about imports against an interpreter that really imports.

Each project of the corpus whose Python version is installed here is built and unpacked. A handler
that imports everything the project installs is checked, and imported by the interpreter with only
the package, the runtime's client and SDK, and the standard library to be found. Then single files
that were loaded are taken away from the package, one at a time, and whole distributions: both have
to notice, or both have to do without.

    scripts/check_imports.py --smallest 5
    scripts/check_imports.py --projects pandas,pillow --mutants 20
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import run_corpus
from oracle import corpus, interpreters

# Findings that say: this handler cannot be imported.
ABOUT_IMPORTS = {
    "failing-module",
    "handler-named-like-module",
    "missing-handler-module",
    "missing-module",
    "missing-name",
    "relative-import",
    "removed-module",
    "syntax-error",
}
# Imports as Lambda does: first the client, then the paths, then the handler.
IMPORTER = """
import importlib, json, site, sys, traceback
tree, handler, *included = sys.argv[1:]
sys.path[:0] = included
try:
    import awslambdaric.__main__
except ImportError:
    pass
sys.path.insert(0, tree)
site.addsitedir(tree)
try:
    importlib.import_module(handler)
    said = None
except BaseException as error:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")]
    last = frames[-1]
    functions = [frame.name for frame in frames if frame.filename.startswith(tree + "/") and frame.name != "<module>"]
    # Names of classes, the most special first; functions on the way; and the line that could not get on.
    said = [[kind.__name__ for kind in type(error).__mro__], str(error), functions, last.line or ""]
files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
files = sorted(file for file in files if isinstance(file, str) and file.startswith(tree + "/"))
print("\\n" + json.dumps({"error": said, "files": files}))
"""
# What the check cannot know, by what the interpreter says. Each with its reason.
EXPLAINED = {
    "circular import": "the order in which modules of a cycle get their names is not followed",
    "partially initialized module": "the order in which modules of a cycle get their names is not followed",
}


@dataclass
class Verdict:
    """What came out for one project."""

    project: str
    runtime: str
    agreed: int = 0
    # Agreed that the handler cannot be imported.
    agreed_to_fail: int = 0
    undecided: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    remark: str = ""
    seconds: float = 0.0


@dataclass
class Place:
    """Where one project is tried."""

    tree: Path
    runtime: str
    arch: str
    python: Path
    included: list[Path]
    barrow: Path


def main() -> int:
    options = parse_arguments()
    barrow, cache = corpus.find_barrow(options.barrow), Path(options.cache).resolve()
    cache.mkdir(parents=True, exist_ok=True)
    pythons = interpreters.found()
    projects = run_corpus.choose(options)
    needed = sorted({project.python for project in projects} & set(pythons))
    included = {}
    for minor in needed:
        runtime = interpreters.install_runtime(barrow, minor, pythons[minor], "--cache-dir", str(cache / "barrow"))
        included[minor] = runtime.directories
    print("| project | runtime | agree | of them to fail | undecided | explained | false alarms | missed | time |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        work = [pool.submit(examine, project, options, pythons, included, barrow, cache) for project in projects]
        verdicts = []
        for job in work:
            verdicts.append(job.result())
            print(row(verdicts[-1]), flush=True)
    return report(verdicts)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", metavar="DIR", type=Path, default=corpus.CORPUS, help="[fixtures/corpus]")
    parser.add_argument("--projects", metavar="A,B", help="these projects")
    parser.add_argument("--smallest", metavar="N", type=int, help="the N that install the fewest bytes")
    parser.add_argument("--mutants", metavar="N", type=int, default=6, help="damaged copies of each project [6]")
    parser.add_argument("--seed", type=int, default=1, help="which copies [1]")
    parser.add_argument("--jobs", type=int, default=2, help="projects at a time [2]")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    parser.add_argument("--arch", choices=corpus.ARCHES, default="x86_64")
    parser.add_argument(
        "--cache",
        metavar="DIR",
        default=corpus.target_folder() / "oracle",
        help="where Barrow's cache is kept between runs [target/oracle]",
    )
    return parser.parse_args()


def examine(
    project: corpus.Project,
    options: argparse.Namespace,
    pythons: dict[str, Path],
    included: dict[str, list[Path]],
    barrow: Path,
    cache: Path,
) -> Verdict:
    verdict = Verdict(project.name, project.runtime)
    if project.python not in included:
        verdict.remark = f"no python{project.python} here"
        return verdict
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="barrow-check-imports-") as scratch:
        tree = Path(scratch) / "tree"
        try:
            names = build(project, options.arch, barrow, cache, Path(scratch), tree)
        except subprocess.CalledProcessError as failed:
            verdict.missed.append(f"not built: {failed.stderr.strip()[-300:]}")
            return verdict
        place = Place(
            tree, project.runtime, options.arch, pythons[project.python], included[project.python], barrow
        )
        loaded = whole(place, names, verdict)
        mutants(place, loaded, random.Random(f"{options.seed} {project.name}"), options.mutants, verdict)
    verdict.seconds = time.perf_counter() - started
    return verdict


def build(
    project: corpus.Project, arch: str, barrow: Path, cache: Path, scratch: Path, tree: Path
) -> list[str]:
    folder, package = scratch / "project", scratch / "package.zip"
    folder.mkdir()
    (folder / "lambda_function.py").write_text("def lambda_handler(event, context): ...\n")
    command = [barrow, "--cache-dir", cache / "barrow", "build", "-q", "--force", "--runtime", project.runtime]
    run_corpus.call([*command, "--arch", arch, "-r", project.requirements, "-o", package, folder])
    with zipfile.ZipFile(package) as content:
        content.extractall(tree)
    return run_corpus.top_level(package)[1]


def whole(place: Place, names: list[str], verdict: Verdict) -> list[str]:
    """The package as it was built. Gives the files that a good handler loads."""
    write_handler(place, "all_of_it", names)
    error, files = really(place, "all_of_it")
    if error is None:
        compare(place, "all_of_it", "everything", verdict)
        return files
    # Something in it fails: find out what, and go on with the rest.
    good = []
    for name in names:
        write_handler(place, f"one_{name}", [name])
        if compare(place, f"one_{name}", f"import {name}", verdict) is None:
            good.append(name)
    write_handler(place, "all_of_it", good)
    compare(place, "all_of_it", "everything that can be imported", verdict)
    return really(place, "all_of_it")[1]


def mutants(place: Place, loaded: list[str], choice: random.Random, count: int, verdict: Verdict) -> None:
    own = [file for file in loaded if not file.endswith("/all_of_it.py")]
    infos = sorted(place.tree.glob("*.dist-info"))
    for number in range(count):
        # Every third copy lacks a whole distribution.
        if number % 3 == 2 and infos:
            info = choice.choice(infos)
            gone, what = files_of(info), f"without {info.name.removesuffix('.dist-info')}"
        elif own:
            file = Path(choice.choice(own))
            gone, what = [file], f"without {file.relative_to(place.tree)}"
        else:
            return
        with without(gone, place.tree):
            compare(place, "all_of_it", what, verdict)


def files_of(info: Path) -> list[Path]:
    rows = (info / "RECORD").read_text().splitlines()
    files = [info.parent / row.rsplit(",", 2)[0].strip('"') for row in rows]
    return [file for file in files if file.is_file() and info.parent in file.resolve().parents]


class without:
    """The files are elsewhere for a while; folders that this empties, too."""

    def __init__(self, files: list[Path], tree: Path) -> None:
        self.files, self.tree, self.elsewhere = files, tree, Path(tempfile.mkdtemp(dir=tree.parent))

    def __enter__(self) -> None:
        for number, file in enumerate(self.files):
            file.rename(self.elsewhere / str(number))
        for folder in sorted({file.parent for file in self.files}, key=lambda path: -len(path.parts)):
            while folder != self.tree and folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent

    def __exit__(self, *_: object) -> None:
        for number, file in enumerate(self.files):
            file.parent.mkdir(parents=True, exist_ok=True)
            (self.elsewhere / str(number)).rename(file)
        shutil.rmtree(self.elsewhere)


def write_handler(place: Place, module: str, names: list[str]) -> None:
    imports = "".join(f"import {name}\n" for name in names)
    (place.tree / f"{module}.py").write_text(f"{imports}\n\ndef handler(event, context): ...\n")


def compare(place: Place, handler: str, what: str, verdict: Verdict) -> str | None:
    """Asks both, and notes what they say. Gives the interpreter's error."""
    error, _ = really(place, handler)
    errors, warnings = checked(place, handler)
    is_import_error = error is not None and {"ImportError", "SyntaxError", "SystemExit"} & set(error[0])
    said = None if error is None else f"{error[0][0]}: {error[1]}"
    reason = next((reason for words, reason in EXPLAINED.items() if said and words in said), None)
    if (error is None) == (not errors) and (error is None or not is_import_error or errors):
        verdict.agreed += 1
        verdict.agreed_to_fail += error is not None
    elif warnings:
        verdict.undecided.append(f"{what}: {said or 'imported'}; the check warns: {warnings[0]}")
    elif error is None:
        verdict.false_alarms.append(f"{what}: imported; the check says: {errors[0]}")
    elif not is_import_error:
        verdict.explained.append(f"{what}: {said[:200]} (no import fails: this is what code does with what it imported)")
    elif function := called_at_import(error):
        verdict.explained.append(f"{what}: {said[:200]} (in `{function}`, which runs on import; functions are not followed)")
    elif is_compiled(error):
        verdict.explained.append(f"{what}: {said[:200]} (an extension module imports it)")
    elif reason:
        verdict.explained.append(f"{what}: {said[:200]} ({reason})")
    else:
        verdict.missed.append(f"{what}: {said[:300]}")
    return said


def called_at_import(error: list) -> str | None:
    """The last function through which the interpreter came to what it could not import."""
    return error[2][-1] if error[2] else None


def is_compiled(error: list) -> bool:
    """Whether the line that fails does not name what is missing, because compiled code wants it."""
    # Cython has its own words: `cannot import name x`.
    missing = error[1].split("'")[1] if "'" in error[1] else error[1].split()[-1]
    return missing.rsplit(".")[-1] not in error[3]


def really(place: Place, handler: str) -> tuple[list | None, list[str]]:
    """What the interpreter says, and the files that it loaded from the package."""
    command = [place.python, "-I", "-S", "-B", "-c", IMPORTER, place.tree, handler, *place.included]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [str(part) for part in command], cwd=folder, capture_output=True, text=True, timeout=300,
            env={"PATH": "/usr/bin:/bin", "HOME": folder, "AWS_DEFAULT_REGION": "eu-west-1"},
        )  # fmt: skip
    try:
        said = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return [["Died"], f"exit code {done.returncode}: {done.stderr[-200:]}", [], ""], []
    return said["error"], said["files"]


def checked(place: Place, handler: str) -> tuple[list[str], list[str]]:
    """Messages of errors and of warnings that are about imports."""
    command = [place.barrow, "check", "--json", "--as", "function", "--runtime", place.runtime]
    command += ["--arch", place.arch, "--handler", f"{handler}.handler", place.tree]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise SystemExit(f"`barrow check` ended with {done.returncode}: {done.stderr[-500:]}") from None
    documents = said if isinstance(said, list) else [said]
    findings = [finding for document in documents for finding in document["findings"]]
    about = [finding for finding in findings if finding["check"] in ABOUT_IMPORTS]
    by_level = {"error": [], "warning": [], "note": []}
    for finding in about:
        by_level[finding["level"]].append(f"{finding['check']}: {finding['message']}")
    return by_level["error"], by_level["warning"]


def row(verdict: Verdict) -> str:
    if verdict.remark:
        return f"| {verdict.project} | {verdict.runtime} | {verdict.remark} | | | | | | |"
    counts = [verdict.agreed, verdict.agreed_to_fail]
    counts += map(len, (verdict.undecided, verdict.explained, verdict.false_alarms, verdict.missed))
    return f"| {verdict.project} | {verdict.runtime} | {' | '.join(map(str, counts))} | {verdict.seconds:.0f} s |"


def report(verdicts: list[Verdict]) -> int:
    for verdict in verdicts:
        kinds = ("false_alarms", "missed", "undecided", "explained")
        lines = [(kind, line) for kind in kinds for line in getattr(verdict, kind)]
        if lines:
            print(f"\n{verdict.project} on {verdict.runtime}")
        for kind, line in lines:
            print(f"- {kind.replace('_', ' ')}: {line}")
    examined = [verdict for verdict in verdicts if not verdict.remark]
    wrong = sum(len(verdict.false_alarms) + len(verdict.missed) for verdict in examined)
    agreed = sum(verdict.agreed for verdict in examined)
    print(f"\n{agreed} handlers of {len(examined)} projects agree, {wrong} disagree without a reason")
    return 1 if wrong or not examined else 0


if __name__ == "__main__":
    sys.exit(main())
