#!/usr/bin/env python3
"""Times Barrow against what people use today, on the same wheels, and writes RESULTS.md.

Every round runs every contestant once, so that a slow minute of the machine or of the network
hits them all; fast contestants run several times a round. Figures are medians. The network is
part of the cold rows and of nothing else.

    bench/run.py            all rounds, about ten minutes; writes bench/RESULTS.md
    bench/run.py --quick    one round, printed only
"""

import argparse
import datetime
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scripts"))

import contest
from contest import CONTESTANTS, Bench
from measure import Run, spread
from oracle import corpus, pip_tree

# The corpus project that comes nearest to Lambda's limit of 262 144 000 bytes.
LARGE_PROJECT = "polars-duckdb"


def main() -> int:
    options = parse_arguments()
    rounds, repeats = (1, 5) if options.quick else (options.rounds, 15)
    with tempfile.TemporaryDirectory(prefix="barrow-bench-", dir=options.scratch) as scratch:
        bench = prepare(Path(scratch), corpus.find_barrow(options.barrow))
        runs = measure(bench, rounds, repeats)
        memory = peak_memory(bench)
        text = results(bench, runs, memory, "--quick" if options.quick else f"--rounds {rounds}")
    print(text)
    if not options.quick:
        (HERE / "RESULTS.md").write_text(text)
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round, and no RESULTS.md")
    parser.add_argument("--rounds", type=int, default=3, help="runs of the slow contestants [3]")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    parser.add_argument("--scratch", metavar="DIR", help="where to work; everything on one disk")
    return parser.parse_args()


def prepare(scratch: Path, barrow: Path) -> Bench:
    """The newest pip and uv, the wheels, warm caches, and a project of one file."""
    for program in ("zip", "unzip", "openssl"):
        if not shutil.which(program):
            raise SystemExit(f"no `{program}` here; it is one of the contestants' parts")
    venv = scratch / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run(
        [venv / "bin" / "python", "-m", "pip", "install", "-q", "--upgrade", "pip", "uv"], check=True
    )
    bench = Bench(barrow, venv, scratch, HERE / "requirements.txt", scratch / "wheels")
    bench.project.mkdir()
    say("downloading the wheels")
    subprocess.run(
        [*bench.pip, "download", "-q", "--no-deps", "-d", bench.wheels, "-r", bench.requirements]
        + pip_tree.target_flags(contest.PYTHON, "x86_64"),
        check=True,
    )
    say("warming the caches")
    contest.barrow_changed(bench)
    contest.pip_and_zip(bench)
    contest.uv_warm_and_zip(bench)
    return bench


def measure(bench: Bench, rounds: int, repeats: int) -> dict[str, list[dict[str, Run]]]:
    runs = defaultdict(list)
    fast = [contestant for contestant in CONTESTANTS if not contestant.slow]
    slow = [contestant for contestant in CONTESTANTS if contestant.slow]
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        # Each round begins with another one, so that nobody always follows the same neighbour.
        for contestant in slow[number % len(slow) :] + slow[: number % len(slow)]:
            runs[contestant.name].append(contestant.once(bench))
        # The slow ones left dirty pages behind that are not the next one's business.
        os.sync()
        for _ in range(repeats):
            for contestant in fast:
                runs[contestant.name].append(contestant.once(bench))
    return runs


def peak_memory(bench: Bench) -> dict[str, int]:
    """Peak memory of a build just below Lambda's limit, with and without the wheels at hand."""
    say("measuring memory")
    large = next(project for project in corpus.load() if project.name == LARGE_PROJECT)
    cache = bench.fresh("large-cache")
    first = bench.build(cache, large.requirements, large.python)
    (bench.project / "lambda_function.py").write_text(contest.HANDLER + "# again\n")
    warm = bench.build(cache, large.requirements, large.python)
    floor = contest.nothing(bench)[""]
    with zipfile.ZipFile(bench.package) as package:
        unzipped = sum(entry.file_size for entry in package.infolist())
    return {
        "cold": first.peak_bytes,
        "warm": warm.peak_bytes,
        "floor": floor.peak_bytes,
        "unzipped": unzipped,
    }


def results(bench: Bench, runs: dict, memory: dict[str, int], flags: str) -> str:
    wheels = list(bench.wheels.glob("*.whl"))
    contest.barrow_changed(bench)
    ours, theirs = bench.package.stat().st_size, (bench.scratch / "zipped.zip").stat().st_size
    with zipfile.ZipFile(bench.package) as package:
        entries = package.infolist()
    unzipped = sum(entry.file_size for entry in entries)
    lines = [
        "# Measured",
        "",
        f"Written by `bench/run.py {flags}` on {datetime.date.today()}; do not edit.",
        "",
        f"- Machine: {machine()}",
        f"- Programs: {', '.join(versions(bench))}",
        f"- Input: `bench/requirements.txt`, {len(wheels)} wheels for python{contest.PYTHON} on "
        f"x86_64; {len(entries)} files, {unzipped / 1e6:.1f} MB",
        f"- Output: {ours / 1e6:.2f} MB spliced, {theirs / 1e6:.2f} MB from `zip -r9`",
        "- Whole processes, contestants interleaved; the cold rows include the network",
        "",
        "| what | median | least–most | runs | of which |",
        "|---|---|---|---|---|",
    ]
    for contestant in CONTESTANTS:
        steps = runs[contestant.name]
        lines.append(
            f"| {contestant.what} | {spread(totals(steps))} | {len(steps)} | {parts(steps)} |"
        )
    lines += ["", "## Against the budgets", "", "| budget | measured | allowed | |", "|---|---|---|---|"]
    for what, measured, allowed, met in budgets(runs, memory):
        lines.append(f"| {what} | {measured} | {allowed} | {'met' if met else '**missed**'} |")
    lines += [
        "",
        f"Memory is the largest resident set of a build of `{LARGE_PROJECT}` "
        f"({memory['unzipped'] / 1e6:.0f} MB unzipped), as `wait4` gives it; a process that does nothing "
        f"shows {memory['floor'] / 2**20:.0f} MiB here. "
        f"With an empty cache, uv's own memory included, it was {memory['cold'] / 2**20:.0f} MiB.",
        "",
    ]
    return "\n".join(lines)


def budgets(runs: dict, memory: dict[str, int]):
    """What was promised: a row each of what, measured, allowed, and whether it is met."""
    median = {name: statistics.median(totals(steps)) for name, steps in runs.items()}
    install = statistics.median([steps["uv pip install"].seconds for steps in runs["uv-cold"]])

    def at_most(what: str, measured: float, allowed: float, unit: str = " ×"):
        return what, f"{measured:.2f}{unit}", f"≤ {allowed:g}{unit}", measured <= allowed

    def at_least(what: str, measured: float, allowed: float):
        return what, f"{measured:.0f} ×", f"≥ {allowed:g} ×", measured >= allowed

    changed = median["changed"]
    yield at_most("one file changed, against `cp` + `openssl dgst`", changed / median["copy"], 1.0)
    yield at_least("one file changed, faster than `unzip` + `zip -r9`", median["unzip"] / changed, 150)
    yield at_least(
        "one file changed, faster than `uv pip install --target` (warm) + `zip -r9`",
        median["uv-warm"] / changed,
        100,
    )
    yield at_least(
        "one file changed, faster than `pip install --target` + `zip -r9`", median["pip"] / changed, 100
    )
    yield at_most("nothing changed", median["unchanged"] * 1000, 10, " ms")
    yield at_most("empty caches, against `uv pip install` alone", median["cold"] / install, 1.2)
    yield at_most("peak memory of a 250 MB build, wheels at hand", memory["warm"] / 2**20, 64, " MiB")
    yield at_most("`barrow --version`", median["version"] * 1000, 5, " ms")


def totals(steps: list[dict[str, Run]]) -> list[float]:
    return [sum(run.seconds for run in step.values()) for step in steps]


def parts(steps: list[dict[str, Run]]) -> str:
    """Each step's median, where there is more than one step."""
    if len(steps[0]) == 1:
        return ""
    medians = {name: statistics.median([step[name].seconds for step in steps]) for name in steps[0]}
    return ", ".join(f"{name} {seconds:.3g} s" for name, seconds in medians.items())


def machine() -> str:
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":")[1].strip()
            break
    return f"{os.cpu_count()} cores, {model}, Linux {platform.release()}"


def versions(bench: Bench) -> list[str]:
    commands = [
        [bench.barrow, "--version"],
        [bench.venv / "bin" / "uv", "--version"],
        [bench.venv / "bin" / "pip", "--version"],
        ["openssl", "version"],
    ]
    said = [subprocess.run(command, capture_output=True, text=True).stdout for command in commands]
    return [" ".join(line.split()[:2]) for line in said]



def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
