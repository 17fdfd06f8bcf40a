#!/usr/bin/env python3
"""Holds the rows of fixtures/handlers against `awslambdaric` alone, without Barrow.

So that the table says what Lambda's own client does, and not what Barrow happens to do: each row
that needs no sandbox runs in a bare loop on this machine, with every interpreter that is here.

    scripts/check_handlers.py --runtime-dir 3.12=DIR --runtime-dir 3.9=DIR
    scripts/check_handlers.py --barrow FILE                 # the runtimes that it builds

A row whose answer comes from the service and not from the client, such as that of a process that
ends, is answered here as the service does it; README.md there says on which evidence.
"""

import argparse
import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from oracle import corpus, handlers, interpreters
from oracle.bare_loop import Answer, BareLoop, headers

LARGEST_RESPONSE_BYTES = 6_291_556
SIGNALS = {signal.SIGKILL: "killed", signal.SIGTERM: "terminated", signal.SIGABRT: "aborted", signal.SIGSEGV: "segmentation fault"}


def main() -> int:
    options = parse_arguments()
    runtimes = dict(pair.split("=", 1) for pair in options.runtime_dir)
    jobs = []
    for minor, python in interpreters.found().items():
        if minor in runtimes:
            directories = [Path(runtimes[minor])]
        elif options.runtime_dir:
            continue
        else:
            directories = interpreters.install_runtime(corpus.find_barrow(options.barrow), minor, python).directories
        rows = [row for row in handlers.load() if row.fits(minor) and row.needs is None]
        rows = [row for row in rows if options.row in (None, row.name)]
        jobs += [(row, minor, python, directories) for row in rows]
    wrong = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for (row, minor, *_), found in zip(jobs, pool.map(lambda job: check(*job), jobs), strict=True):
            wrong += bool(found)
            for line in found:
                print(f"{row.file}/{row.name} on {minor}: {line}", flush=True)
    print(f"{len(jobs) - wrong} of {len(jobs)} rows are what the client does")
    return 1 if wrong or not jobs else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runtime-dir", metavar="MINOR=DIR", action="append", default=[], help="a folder with awslambdaric")
    parser.add_argument("--barrow", metavar="FILE", help="the binary that builds the runtimes [the newest under target/]")
    parser.add_argument("--row", metavar="NAME", help="this row only")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


class Settings:
    """The options of a row that the function can notice."""

    def __init__(self, options: list[str]) -> None:
        given = dict(zip(options[::2], options[1::2], strict=True))
        self.timeout = float(given.get("--timeout", 3))
        self.memory = given.get("--memory", "128")
        self.name = given.get("--name", "function")
        self.headers = {}
        if "--client-context" in given:
            self.headers["Lambda-Runtime-Client-Context"] = given["--client-context"]
        if "--cognito-identity" in given:
            identity, pool = given["--cognito-identity"].split(",")
            value = {"cognitoIdentityId": identity, "cognitoIdentityPoolId": pool}
            self.headers["Lambda-Runtime-Cognito-Identity"] = json.dumps(value)
        self.headers["Lambda-Runtime-Trace-Id"] = given.get("--trace-id", "Root=1-0-0")
        self.headers["Lambda-Runtime-Invoked-Function-Arn"] = f"arn:aws:lambda:us-east-1:000000000000:function:{self.name}"
        self.environment = {}
        if given.get("--log-format") == "json":
            self.environment["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
            self.environment["AWS_LAMBDA_LOG_LEVEL"] = given.get("--log-level", "info").upper()


def check(row: handlers.Row, minor: str, python: Path, runtime: list[Path]) -> list[str]:
    """The differences between a row and the client, in words."""
    settings = Settings(row.options)
    wrong = []
    with tempfile.TemporaryDirectory(prefix="barrow-row-") as scratch:
        task = Path(scratch, "task")
        task.mkdir()
        for name, text in row.files.items():
            path = task / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        environment = Environment(row, settings, minor, python, runtime, task)
        for number, invoke in enumerate(row.invoke):
            request_id = str(uuid.uuid4())
            payload, failed, log = environment.invoke(invoke.text(), request_id)
            known = handlers.Known(request_id, minor)
            wrong += [f"invoke {number + 1}: {line}" for line in handlers.differences(invoke, known, payload, failed, log)]
        environment.end()
    return wrong


class Environment:
    """A bare loop with its log; a new one after each end of the process."""

    def __init__(self, row, settings, minor, python, runtime, task) -> None:
        self.row, self.settings, self.minor, self.task = row, settings, minor, task
        self.python, self.runtime = python, runtime
        self.loop = None
        prefix = python.parent.parent
        self.names = [(str(task), "/var/task"), (str(prefix), "/var/lang")]
        self.names += [(str(path), "/var/runtime") for path in runtime]

    def start(self) -> None:
        self.output = tempfile.TemporaryFile()
        settings = self.settings
        environment = {
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{self.minor}",
            "AWS_LAMBDA_FUNCTION_NAME": settings.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": settings.memory,
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{settings.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": f"2026/01/01/[$LATEST]{uuid.uuid4().hex}",
            "TZ": ":UTC",
            "LANG": "en_US.UTF-8",
            "LC_CTYPE": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        environment |= settings.environment | self.row.env
        self.loop = BareLoop(
            self.python, self.runtime, self.task, self.row.handler, output=self.output, **environment
        )

    def invoke(self, event: str, request_id: str) -> tuple[str, bool, list[str]]:
        begun = 0
        if self.loop is None:
            self.start()
            while self.loop.answers.empty() and not self.loop.ready.wait(0.01):
                pass
        else:
            begun = self.output.seek(0, os.SEEK_END)
        settings = self.settings
        # The clock of an invoke begins when INIT is over.
        sent = headers(int((time.time() + settings.timeout) * 1000), request_id)
        answer = self.loop.invoke(event.encode(), sent | settings.headers, settings.timeout)
        if answer.kind in ("response", "error") and len(answer.payload) <= LARGEST_RESPONSE_BYTES:
            self.loop.ready.wait(1)
            return self.renamed(answer.payload.decode()), answer.kind == "error", self.log(begun)
        payload = self.of_the_service(answer, request_id)
        self.end()
        log = self.log(begun)
        if answer.kind == "timeout":
            now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
            log.append(f"{now} {request_id} Task timed out after {settings.timeout:.2f} seconds")
        return payload, True, log

    def of_the_service(self, answer: Answer, request_id: str) -> str:
        """What no client says, because it is no longer there to say it."""
        if answer.kind == "init":
            return self.renamed(answer.payload.decode())
        if answer.kind == "timeout":
            reason = f"Task timed out after {self.settings.timeout:.2f} seconds"
            return json.dumps({"errorType": "Sandbox.Timedout", "errorMessage": f"RequestId: {request_id} Error: {reason}"})
        if answer.kind != "exit":
            text = f"Response payload size exceeded maximum allowed payload size ({LARGEST_RESPONSE_BYTES} bytes)."
            return json.dumps({"errorType": "Function.ResponseSizeTooLarge", "errorMessage": text})
        status = int(answer.payload)
        reason = "Runtime exited without providing a reason"
        if status > 0:
            reason = f"Runtime exited with error: exit status {status}"
        if status < 0:
            reason = f"Runtime exited with error: signal: {SIGNALS[signal.Signals(-status)]}"
        return json.dumps({"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {request_id} Error: {reason}"})

    def end(self) -> None:
        if self.loop is not None:
            self.loop.stop()
            self.loop = None

    def log(self, begun: int) -> list[str]:
        self.output.seek(begun)
        text = self.renamed(self.output.read().decode(errors="replace"))
        lines = text.removesuffix("\n").split("\n") if text else []
        # Without the telemetry descriptor the client ends the lines of an error, and the warning
        # before it, with `\r`.
        ends = ("\rTraceback (most recent call last):", "LAMBDA_WARNING: Unhandled exception.")
        parts = [line.split("\r") if any(end in line for end in ends) else [line] for line in lines]
        return [part for line in parts for part in line]

    def renamed(self, text: str) -> str:
        for here, there in self.names:
            text = text.replace(here, there)
        return text


if __name__ == "__main__":
    sys.exit(main())
