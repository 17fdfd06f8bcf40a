"""Runs a command and says how long it took and how much memory it needed."""

import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One run of one process, from before its start to after its end."""

    seconds: float
    # The largest resident set of the process or of one that it waited for. Linux counts the
    # pages of whoever started it, too, so this is never less than what Python itself needs.
    peak_bytes: int


def run(command: list, folder: Path | None = None, **environment: str) -> Run:
    """Runs a command that has to end with 0; what it prints is shown only when it does not."""
    arguments = [str(part) for part in command]
    program = arguments[0]
    if "/" not in program:
        program = next(
            path
            for folder_name in os.environ["PATH"].split(":")
            if os.access(path := os.path.join(folder_name, program), os.X_OK)
        )
    with tempfile.TemporaryFile() as said:
        actions = [(os.POSIX_SPAWN_DUP2, said.fileno(), descriptor) for descriptor in (1, 2)]
        before = os.getcwd()
        os.chdir(folder or before)
        try:
            started = time.perf_counter()
            child = os.posix_spawn(
                program, arguments, os.environ | environment, file_actions=actions
            )
            _, status, usage = os.wait4(child, 0)
            seconds = time.perf_counter() - started
        finally:
            os.chdir(before)
        if status != 0:
            said.seek(0)
            raise SystemExit(f"{' '.join(arguments)}\n{said.read().decode(errors='replace')}")
    return Run(seconds, usage.ru_maxrss * 1024)


def spread(seconds: list[float]) -> str:
    """Median, least and most, in a unit that leaves two or three digits."""
    unit, factor = ("ms", 1000) if statistics.median(seconds) < 1 else ("s", 1)
    digits = 1 if statistics.median(seconds) * factor < 100 else 0
    low, middle, high = (
        f"{value * factor:.{digits}f}"
        for value in (min(seconds), statistics.median(seconds), max(seconds))
    )
    return f"{middle} {unit} | {low}–{high} {unit}"
