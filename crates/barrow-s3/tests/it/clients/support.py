"""What the client tests share."""

import contextlib
import os
import socket
import sys
import traceback
import urllib.error
import urllib.request
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]


def client(**settings: Any) -> Any:
    """An S3 client that tries once: what fails now and then is to be seen."""
    config = Config(
        retries={"total_max_attempts": 1},
        signature_version=settings.pop("signature_version", None),
        s3={"addressing_style": settings.pop("style", "path")},
        **settings.pop("config", {}),
    )
    if "aws_access_key_id" in settings:
        settings.setdefault("aws_secret_access_key", os.environ["AWS_SECRET_ACCESS_KEY"])
    if "aws_secret_access_key" in settings:
        settings.setdefault("aws_access_key_id", os.environ["AWS_ACCESS_KEY_ID"])
    return boto3.client("s3", config=config, **settings)


@contextlib.contextmanager
def names_of_loopback():
    """Names under `localhost` are this machine, whatever the resolver here thinks."""
    resolve = socket.getaddrinfo

    def resolved(host, *more, **named):
        return resolve("127.0.0.1" if str(host).endswith(".localhost") else host, *more, **named)

    socket.getaddrinfo = resolved
    try:
        yield
    finally:
        socket.getaddrinfo = resolve


@contextlib.contextmanager
def refused(code: str, status: int | None = None):
    """What is done inside has to be refused so."""
    try:
        yield
    except ClientError as error:
        seen = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert seen[0] == code and status in (None, seen[1]), f"{seen}, expected {code} {status}: {error}"
    else:
        raise AssertionError(f"nothing was refused; expected {code}")


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: Any


def fetch(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """A request of someone who knows nothing of AWS."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data=body, method=method, headers=sent)
    try:
        with urllib.request.urlopen(request) as answer:
            return Answer(answer.status, answer.read(), answer.headers)
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read(), error.headers)


def equal(seen: Any, expected: Any) -> None:
    assert seen == expected, f"{seen!r}, expected {expected!r}"


def run_all(names: dict[str, Any]) -> None:
    """Runs every function that is called `test_…`, and ends the process."""
    failed = 0
    for name, test in list(names.items()):
        if name.startswith("test_"):
            try:
                test()
            except Exception:
                failed += 1
                print(f"--- {name}", file=sys.stderr)
                traceback.print_exc()
    sys.exit(1 if failed else 0)
