#!/usr/bin/env python3
"""Sends `barrow serve` requests that nobody means well with, and looks at every answer.

For each operation that botocore describes for Lambda, CloudWatch Logs, STS and S3: requests that are
right, spoilt in one place, or spoilt below HTTP. What is asked of the service: a complete request
is answered, never with a 5xx; an error has the shape that AWS's errors have; the process lives,
and its memory stays bounded.

    scripts/fuzz_http.py
    scripts/fuzz_http.py --requests 2000 --only CreateFunction --seed 7

What breaks a rule is kept under target/oracle/fuzz, as it went over the wire.
"""

import argparse
import base64
import json
import random
import re
import shutil
import socket
import sys
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from oracle import corpus, service, venvs
from oracle.api_model import Model, Operation
from oracle.requests_of_model import Maker, Request
from oracle.walk import packed

ANSWERED_WITHIN_SECONDS = 60
MEMORY_LIMIT_BYTES = 700_000_000
APIS = {"lambda": "rest-json", "logs": "json", "sts": "query", "s3": "rest-xml"}
NAME = "fuzzed"
PACKAGE = base64.b64encode(packed("def lambda_handler(event, context):\n    return event\n")).decode()


@dataclass(frozen=True)
class Answer:
    """What came back, taken apart as far as it can be."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Offence:
    """A rule that was broken, and by which request."""

    rule: str
    request: Request
    seen: str


def main() -> int:
    options = parse_arguments()
    barrow = None if options.endpoint else corpus.find_barrow(options.barrow)
    python = venvs.AWS.make() / "python"
    offences: list[Offence] = []
    asked: Counter[str] = Counter()
    with service.given_or_own(options.endpoint, barrow) as ours:
        prepare(ours.port)
        for api in options.api.split(","):
            model = Model.of_venv(python, api)
            operations = [row for row in model.operations.values() if options.only in (None, row.name)]
            with ThreadPoolExecutor(4) as pool:
                jobs = [pool.submit(attack, ours, api, model, operation, options) for operation in operations]
                for operation, job in zip(operations, jobs, strict=True):
                    statuses, found = job.result()
                    asked += statuses
                    offences += found
                    for offence in found[:3]:
                        print(f"{api} {operation.name}: {offence.rule}: {offence.seen[:200]}", flush=True)
            print(f"{api}: {len(operations)} operations", flush=True)
            if not ours.is_alive():
                print(f"the service ended:\n{ours.said()}")
                break
        said = ours.said()
    report(offences, asked, said)
    return 1 if offences else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=150, help="for each operation [150]")
    parser.add_argument("--api", metavar="A,B", default=",".join(APIS), help=f"[{','.join(APIS)}]")
    parser.add_argument("--only", metavar="OPERATION", help="this one only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--endpoint", metavar="URL", help="a service that runs already")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    return parser.parse_args()


def prepare(port: int) -> None:
    """Something of each kind, so that requests get past the first look-up."""
    code = {"Runtime": "python3.12", "Handler": "lambda_function.lambda_handler", "Role": service.ROLE, "Code": {"ZipFile": PACKAGE}}
    for method, path, document in (
        ("POST", "/2015-03-31/functions", {"FunctionName": NAME, **code, "Publish": True}),
        ("POST", f"/2015-03-31/functions/{NAME}/aliases", {"Name": "live", "FunctionVersion": "1"}),
        ("POST", f"/2018-10-31/layers/{NAME}/versions", {"Content": {"ZipFile": PACKAGE}}),
        ("POST", f"/2021-10-31/functions/{NAME}/url", {"AuthType": "NONE"}),
    ):
        send(port, Request(method, path, {"Authorization": service.signature()}, json.dumps(document).encode()))


def known(api: str) -> dict[str, list[str]]:
    arn = f"arn:aws:lambda:us-east-1:{service.ACCOUNT}"
    if api != "lambda":
        return {"logGroupName": [f"/aws/lambda/{NAME}", "nothing"], "Bucket": [NAME, "none"], "Key": ["a/b", "none"]}
    return {
        "FunctionName": [NAME, f"{arn}:function:{NAME}", f"{NAME}:live", f"{NAME}:1", "nobody"],
        "Qualifier": ["live", "1", "$LATEST", "none"],
        "FunctionVersion": ["1", "$LATEST"],
        "Name": ["live", "other"],
        "LayerName": [NAME, f"{arn}:layer:{NAME}"],
        "Resource": [f"{arn}:function:{NAME}"],
        "Arn": [f"{arn}:layer:{NAME}:1"],
        "Role": [service.ROLE],
        "ZipFile": [PACKAGE],
        "Runtime": ["python3.12"],
        "Handler": ["lambda_function.lambda_handler"],
        "EventSourceArn": [f"arn:aws:sqs:us-east-1:{service.ACCOUNT}:queue"],
    }


def attack(ours, api: str, model: Model, operation: Operation, options: argparse.Namespace) -> tuple[Counter[str], list[Offence]]:
    """One operation's share. Draws the same requests for the same seed."""
    dice = random.Random(zlib.crc32(f"{options.seed} {api} {operation.name}".encode()))
    maker = Maker(model, APIS[api], known(api), dice)
    statuses: Counter[str] = Counter()
    found = []
    for _ in range(options.requests):
        request = maker.request(operation)
        answer = send(ours.port, request)
        statuses[f"{api} {answer.status // 100}xx" if isinstance(answer, Answer) else f"{api} hung up"] += 1
        rule = judge(api, request, answer, model, operation)
        if rule:
            found.append(Offence(rule, request, str(answer)))
        if not ours.is_alive():
            found.append(Offence("the process ended", request, ""))
            break
    if isinstance(ours, service.Server) and ours.is_alive() and resident_bytes(ours.pid) > MEMORY_LIMIT_BYTES:
        found.append(Offence("memory grows", request, f"{resident_bytes(ours.pid) / 1e6:.0f} MB"))
    return statuses, found


def resident_bytes(pid: int) -> int:
    said = Path("/proc", str(pid), "status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", said)[1]) * 1024


def send(port: int, request: Request) -> Answer | str:
    """The answer, or how the connection ended without one."""
    wire = request.wire()
    received = b""
    lasting = request.is_complete and request.headers.get("Connection") == "keep-alive"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=ANSWERED_WITHIN_SECONDS) as connection:
            try:
                connection.sendall(wire)
                if not request.is_complete:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # Refused before its end; the answer may lie there.
            while piece := connection.recv(65536):
                received += piece
                if is_whole(received, request.method):
                    break
            answer = parsed(received)
            if lasting and answer and answer.headers.get("connection", "keep-alive") != "close":
                if not answers_again(connection):
                    return f"the connection ended after an answer {answer.status} that did not say so"
    except OSError as error:
        return parsed(received) or f"{type(error).__name__}: {error}"
    return parsed(received) or "closed without an answer"


def answers_again(connection: socket.socket) -> bool:
    """Whether a client that keeps its connection gets its next answer."""
    try:
        connection.sendall(Request("GET", "/2016-08-19/account-settings/").wire())
        return bool(connection.recv(65536))
    except OSError:
        return False


def is_whole(received: bytes, method: str) -> bool:
    """Whether nothing more is to come: the length is reached, or there is no body at all."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end or head.startswith(b"HTTP/1.1 100"):
        return False
    if method == "HEAD" or re.match(rb"HTTP/1\.1 (204|304)", head):
        return True
    length = re.search(rb"(?im)^content-length: (\d+)", head)
    return body.endswith(b"0\r\n\r\n") if length is None else len(body) >= int(length[1])


def parsed(received: bytes) -> Answer | None:
    while received.startswith(b"HTTP/1.1 100"):
        received = received.partition(b"\r\n\r\n")[2]
    head, end, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = re.fullmatch(r"HTTP/1\.[01] (\d\d\d).*", first)
    if not end or not status:
        return None
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(status[1]), headers, body)


# Headers that HTTP itself refuses, before anything of AWS can be asked, and how long a line may be.
NOT_HTTP = {"Content-Length", "Transfer-Encoding", "Host", "Expect"}
LONGEST_LINE = 8000


def is_below_http(request: Request) -> bool:
    """Whether a server may refuse it before it knows which service is meant, or not answer at all."""
    target = request.target
    odd = any(ord(character) > 126 or character in " \0" for character in target) or not target.startswith("/")
    long = max(map(len, [target, *request.headers.values()])) > LONGEST_LINE
    return odd or long or bool(NOT_HTTP & set(request.headers)) or not request.is_complete


def judge(api: str, request: Request, answer: Answer | str, model: Model, operation: Operation) -> str | None:
    """The rule that an answer breaks."""
    below = is_below_http(request)
    if isinstance(answer, str):
        if "did not say" in answer:
            return "a connection that ended unannounced"
        return None if below else "a complete request without an answer"
    if answer.status == 501 and b"<Code>NotImplemented</Code>" in answer.body:
        return None  # S3's own word for what it does not do.
    if answer.status >= 500:
        return f"answers {answer.status}"
    if answer.status < 400 or request.method == "HEAD" or below or "Origin" in request.headers:
        return None
    if api == "lambda" and not request.target.startswith(("/20", "/?")):
        return None  # Not addressed to Lambda.
    speaks_xml = api in ("sts", "s3") or "us-east-1/lambda/" not in request.headers.get("Authorization", "") and api == "lambda"
    if speaks_xml and b"<Code>" in answer.body:
        return None
    return "an error that is no XML with a code" if api in ("sts", "s3") else lacking_json(answer)


def lacking_json(answer: Answer) -> str | None:
    try:
        document = json.loads(answer.body)
    except ValueError:
        return "an error that is no JSON"
    if not isinstance(document, dict) or not {"message", "Message"} & document.keys():
        return "an error without a message"
    code = answer.headers.get("x-amzn-errortype") or document.get("__type")
    return None if code else "an error without its type"


def report(offences: list[Offence], asked: Counter[str], said: str) -> None:
    folder = corpus.target_folder() / "oracle" / "fuzz"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"{asked.total()} requests: {', '.join(f'{count} × {what}' for what, count in sorted(asked.items()))}")
    for rule, count in Counter(offence.rule for offence in offences).most_common():
        print(f"{count} × {rule}")
    for number, offence in enumerate(offences[:200]):
        head = f"# {offence.rule}\n# {offence.seen[:2000]}\n".encode("utf-8", "surrogatepass")
        (folder / f"{number:03}.txt").write_bytes(head + offence.request.wire()[:100_000])
    if offences:
        print(f"the requests are in {folder}")
    if "panicked" in said:
        print(f"a panic in the log:\n{said}")


if __name__ == "__main__":
    sys.exit(main())
