#!/usr/bin/env python3
"""Measures `barrow serve` side by side with moto_server: starting, the control plane, memory; and invokes.

    bench/serve.py            all of it, about two minutes
    bench/serve.py --quick    a tenth

Both keep a thousand functions: barrow on disk, moto in memory. A call of list gives fifty, as Lambda's
does; moto's gives all. Invokes are Barrow's alone. The client is one
thread over plain sockets. The last table says whether a promise is kept; a broken one
makes the exit code 1.
"""

import argparse
import base64
import http.client
import json
import random
import re
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scripts"))

from load import Drive, drive, request
from oracle import corpus, service, venvs
from oracle.walk import packed

CONNECTIONS = 10
FIRST = 50
PACKAGE_BYTES = 50_000
HANDLER = "def lambda_handler(event, context):\n    return event\n"
# As large as a small function's, and of no use to a compressor.
PACKAGE = packed(HANDLER, **{"data.bin": random.Random(1).randbytes(PACKAGE_BYTES).decode("latin-1")})
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


@dataclass
class Contestant:
    """One server and what it was measured at."""

    name: str
    server: service.Server
    drives: dict[str, Drive] = field(default_factory=dict)
    growth_bytes: int = 0
    starts: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Promise:
    """A row of the report."""

    what: str
    measured: str
    allowed: str
    kept: bool


def main() -> int:
    options = parse_arguments()
    scale = 10 if options.quick else 1
    barrow = corpus.find_barrow(options.barrow)
    print(f"{barrow}, moto {venvs.MOTO.wanted[0].partition('==')[2]}, {CONNECTIONS} connections", flush=True)
    with tempfile.TemporaryDirectory(prefix="barrow-bench-") as scratch:
        python = venvs.MOTO.make() / "python"
        ours = Contestant("barrow serve", service.barrow_serve(barrow, Path(scratch, "data")))
        moto = Contestant("moto_server", service.moto(python))
        for number in range(max(3, 20 // scale)):
            with service.barrow_serve(barrow, Path(scratch, f"start-{number}")) as started:
                ours.starts.append(started.seconds_to_answer)
        for _ in range(max(1, 3 // scale)):
            with service.moto(python) as started:
                moto.starts.append(started.seconds_to_answer)
        for contestant in (ours, moto):
            with contestant.server:
                control_plane(contestant, 1000 // scale)
                if contestant is ours:
                    invokes(contestant, 20_000 // scale)
    show(ours, moto)
    promises = promised(ours, moto)
    print("\n| promise | measured | allowed | |\n|---|---|---|---|")
    for promise in promises:
        print(f"| {promise.what} | {promise.measured} | {promise.allowed} | {'kept' if promise.kept else '**broken**'} |")
    return 0 if all(promise.kept for promise in promises) else 1


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    return parser.parse_args()


def control_plane(contestant: Contestant, functions: int) -> None:
    """Creates functions, gets each, lists all, several times."""
    server = contestant.server
    make_role(server.port)
    one = {"Runtime": "python3.12", "Handler": "lambda_function.lambda_handler", "Role": service.ROLE}
    one |= {"Code": {"ZipFile": base64.b64encode(PACKAGE).decode()}, "Environment": {"Variables": {"STAGE": "bench"}}}
    path = "/2015-03-31/functions"
    run(contestant, "the first request", [request("GET", f"{path}/nobody")], 1, fails=True)
    # What starting to work costs is no growth: threads, caches, compiled statements.
    run(contestant, "the first creates", [request("POST", path, json.dumps(one | {"FunctionName": f"first-{number}"}).encode()) for number in range(FIRST)])
    listed(server.port, FIRST, 1)
    before = resident_bytes(server.pid)
    names = [f"bench-{number}" for number in range(functions)]
    run(contestant, "create", [request("POST", path, json.dumps(one | {"FunctionName": name}).encode()) for name in names])
    run(contestant, "get", [request("GET", f"{path}/{name}") for name in names * 3])
    run(contestant, "list", [request("GET", path)] * 200)
    contestant.drives["list all"] = listed(server.port, FIRST + functions, 5)
    contestant.growth_bytes = resident_bytes(server.pid) - before


def run(contestant: Contestant, what: str, requests: list[bytes], connections: int = CONNECTIONS, fails: bool = False) -> Drive:
    done = drive(contestant.server.port, requests, connections)
    if done.first_error and not fails:
        raise SystemExit(f"{contestant.name}, {what}: {dict(done.statuses)}\n{done.first_error.decode(errors='replace')}")
    contestant.drives[what] = done
    print(f"{contestant.name}: {what}: {done.per_second:.0f}/s, median {done.quantile(0.5) * 1000:.2f} ms", flush=True)
    return done


def make_role(port: int) -> None:
    """moto wants a function's role to be there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    form = {"Action": "CreateRole", "Version": "2010-05-08", "RoleName": "my-lambda-role", "Path": "/service-role/"}
    form["AssumeRolePolicyDocument"] = json.dumps(TRUST)
    body = "&".join(f"{name}={quote(value)}" for name, value in form.items())
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": service.signature("iam")}
    connection.request("POST", "/", body, headers)
    connection.getresponse().read()


def listed(port: int, expected: int, rounds: int) -> Drive:
    """All pages, one after the other, as a paginator asks for them."""
    done = Drive()
    began = time.perf_counter()
    for _ in range(rounds):
        started = time.perf_counter()
        names, marker = set(), ""
        while marker is not None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            query = f"?Marker={quote(marker)}" if marker else ""
            connection.request("GET", f"/2015-03-31/functions{query}", headers={"Authorization": service.signature()})
            page = json.loads(connection.getresponse().read())
            connection.close()
            names |= {row["FunctionName"] for row in page["Functions"]}
            marker = page.get("NextMarker")
        if len(names) != expected:
            raise SystemExit(f"{len(names)} functions are listed, expected {expected}")
        done.latencies.append(time.perf_counter() - started)
    done.seconds = time.perf_counter() - began
    return done


def invokes(contestant: Contestant, count: int) -> None:
    """Of one function that is warm; the environments are there before the clock starts."""
    path = "/2015-03-31/functions/bench-0/invocations"
    for what, connections in (("invoke, one at a time", 1), ("invoke", CONNECTIONS)):
        drive(contestant.server.port, [request("POST", path, b'{"k": 1}')] * 50 * connections, connections)
        run(contestant, what, [request("POST", path, b'{"k": 1}')] * (count if connections > 1 else count // 5), connections)


def resident_bytes(pid: int) -> int:
    """Of the server itself; a function's memory is its own."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc", str(pid), "status").read_text())[1]) * 1024


def show(ours: Contestant, moto: Contestant) -> None:
    print("\n| | barrow serve | moto_server | |\n|---|---|---|---|")
    left, right = statistics.median(ours.starts), statistics.median(moto.starts)
    print(f"| start to the first answer | {left * 1000:.1f} ms | {right * 1000:.0f} ms | {right / left:.0f} × |")
    for what in ("create", "get", "list", "list all"):
        left, right = ours.drives[what].per_second, moto.drives[what].per_second
        print(f"| {what}, each second | {left:.0f} | {right:.1f} | {left / right:.0f} × |")
    left, right = ours.growth_bytes / 1e6, moto.growth_bytes / 1e6
    print(f"| memory that they cost | {left:.1f} MB | {right:.1f} MB | {right / max(left, 0.01):.0f} × |")
    for what in ("invoke, one at a time", "invoke"):
        done = ours.drives[what]
        print(f"| {what} | {done.per_second:.0f}/s, median {done.quantile(0.5) * 1000:.2f} ms, p99 {done.quantile(0.99) * 1000:.2f} ms | | |")


def promised(ours: Contestant, moto: Contestant) -> list[Promise]:
    rows = []
    start = statistics.median(ours.starts) * 1000
    rows.append(Promise("start to the first answer, median", f"{start:.1f} ms", "≤ 50 ms", start <= 50))
    for what in ("create", "get", "list"):
        ratio = ours.drives[what].per_second / moto.drives[what].per_second
        rows.append(Promise(f"{what} over moto_server", f"{ratio:.1f} ×", "≥ 10 ×", ratio >= 10))
    share = max(ours.growth_bytes, 0) / moto.growth_bytes
    rows.append(Promise("memory growth of moto_server's", f"{share * 100:.1f} %", "≤ 1 %", share <= 0.01))
    rate = ours.drives["invoke"].per_second
    rows.append(Promise(f"warm invokes, {CONNECTIONS} at a time", f"{rate:.0f}/s", "≥ 1000/s", rate >= 1000))
    return rows


if __name__ == "__main__":
    sys.exit(main())
