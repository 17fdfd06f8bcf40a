"""A `barrow serve` of our own: started on a free port, waited for, ended by its process id."""

import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

STARTED_WITHIN_SECONDS = 20.0
ENDED_WITHIN_SECONDS = 30.0
# Whose the records are when an access key does not say it; moto has the same.
ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/my-lambda-role"


def signature(service_name: str = "lambda", region: str = REGION) -> str:
    """An Authorization that says which service is meant. Without credentials nobody verifies it."""
    scope = f"test/20260101/{region}/{service_name}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def client_environment(endpoint: str, **more: str) -> dict[str, str]:
    """What a client of AWS reads, and nothing of the account that this machine may have."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_PAGER": "",
    } | more


@dataclass
class Server:
    """One process that listens, and what it printed."""

    command: list[str]
    port: int
    path: str
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None
    seconds_to_answer: float = 0.0

    def __post_init__(self) -> None:
        self.log = tempfile.NamedTemporaryFile(prefix="barrow-server-", suffix=".log")

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self) -> "Server":
        """Returns when it answers."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        began = time.perf_counter()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=kept | self.environment
        )
        while not self.answers():
            if self.process.poll() is not None:
                raise SystemExit(f"`{' '.join(self.command)}` ended with {self.process.returncode}:\n{self.said()}")
            if time.perf_counter() - began > STARTED_WITHIN_SECONDS:
                self.kill()
                raise SystemExit(f"`{' '.join(self.command)}` does not answer:\n{self.said()}")
            time.sleep(0.002)
        self.seconds_to_answer = time.perf_counter() - began
        return self

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self.path)
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """As a power cut does it."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As a user does it; says how it ended."""
        if self.is_alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(ENDED_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def restart(self) -> None:
        """On the same port; what is not in a data directory is forgotten."""
        self.kill()
        self.start()

    def said(self) -> str:
        return Path(self.log.name).read_text(errors="replace")[-4000:]

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def barrow_serve(barrow: Path, data: Path | None = None, *options: str, port: int | None = None) -> Server:
    """The service on a data directory, or on one that it forgets."""
    port = port or free_port()
    where = ["--data", str(data)] if data else ["--ephemeral"]
    return Server([str(barrow), "serve", "--port", str(port), *where, *options], port, "/health")


def moto(python: Path) -> Server:
    """The emulator that stands in for what the service does not have."""
    port = free_port()
    command = [str(python.parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    return Server(command, port, "/moto-api/")


class Running:
    """A service that somebody else started and will end."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.port = urlsplit(self.endpoint).port or 80

    def is_alive(self) -> bool:
        return True

    def said(self) -> str:
        return ""

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        pass


def given_or_own(endpoint: str | None, barrow: Path | None, data: Path | None = None) -> "Running | Server":
    return Running(endpoint) if endpoint else barrow_serve(barrow, data)
