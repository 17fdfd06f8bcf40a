"""Two clients of AWS with one face: the command line, as the documentation types it, and boto3.

Imported by an interpreter that has both; `oracle.venvs.AWS` makes one.
"""

import json
import re
import subprocess
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oracle import service

# What the command line calls by another name than the API: the code of a function or layer.
INLINE = {"Code": "--zip-file", "Content": "--zip-file", "ZipFile": "--zip-file"}
STREAMED = {"invoke": "Payload", "get-object": "Body"}


class Refused(Exception):
    """The service answered with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Client(ABC):
    """Calls operations by the names that the API gives them, with its members."""

    name: str

    @abstractmethod
    def call(self, service_name: str, operation: str, **members: Any) -> dict:
        """The answer, with a streamed member as bytes; `Refused` if it is an error."""

    @abstractmethod
    def wait(self, waiter: str, function: str) -> None:
        """Until a function is in the state that a waiter of the SDKs knows."""

    def function(self, operation: str, name: str, **members: Any) -> dict:
        return self.call("lambda", operation, FunctionName=name, **members)

    def invoke(self, name: str, event: object = None, **members: Any) -> dict:
        if event is not None:
            members["Payload"] = json.dumps(event).encode()
        return self.function("Invoke", name, **members)


def dashed(name: str) -> str:
    """`GetFunctionUrlConfig` as the command line spells it."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", name.replace("ARN", "Arn").replace("UUID", "Uuid"))
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", name).lower()


@dataclass
class CommandLine(Client):
    """`aws`, a process for each call."""

    endpoint: str
    scratch: Path
    name: str = "aws"

    def __post_init__(self) -> None:
        self.program = Path(sys.executable).parent / "aws"
        self.files = 0

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.program, *arguments], capture_output=True, text=True, env=service.client_environment(self.endpoint)
        )
        if done.returncode != 0:
            said = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation[^:]*: (.*)", done.stderr, re.S)
            if said:
                raise Refused(said[1], said[2].strip())
            raise RuntimeError(f"`aws {' '.join(arguments)[:300]}` ended with {done.returncode}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def file(self, content: bytes) -> Path:
        self.files += 1
        path = self.scratch / f"argument-{self.files}"
        path.write_bytes(content)
        return path

    def call(self, service_name: str, operation: str, **members: Any) -> dict:
        command = dashed(operation)
        arguments = [{"s3": "s3api"}.get(service_name, service_name), command]
        for name, value in members.items():
            arguments += self.argument(name, value)
        if command not in STREAMED:
            said = self.run(*arguments)
            return json.loads(said) if said.strip() else {}
        answer = self.file(b"")
        said = self.run(*arguments, str(answer))
        return json.loads(said or "{}") | {STREAMED[command]: answer.read_bytes()}

    def argument(self, name: str, value: Any) -> list[str]:
        flag = f"--{dashed(name)}"
        if isinstance(value, dict) and "ZipFile" in value:
            return [INLINE[name], f"fileb://{self.file(value['ZipFile'])}"]
        if name == "Body":
            return [flag, str(self.file(value))]
        if isinstance(value, bytes):
            return [flag, f"fileb://{self.file(value)}"]
        if isinstance(value, bool):
            return [flag if value else flag.replace("--", "--no-", 1)]
        if isinstance(value, dict | list):
            return [flag, json.dumps(value)]
        return [flag, str(value)]

    def wait(self, waiter: str, function: str) -> None:
        self.run("lambda", "wait", dashed(waiter), "--function-name", function)


class Boto(Client):
    """boto3, in this process."""

    name = "boto3"

    def __init__(self, endpoint: str) -> None:
        import boto3
        from botocore.config import Config

        self.session = boto3.session.Session("test", "test", region_name=service.REGION)
        self.config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        self.endpoint = endpoint
        self.made: dict[str, Any] = {}

    def client(self, service_name: str) -> Any:
        if service_name not in self.made:
            self.made[service_name] = self.session.client(service_name, endpoint_url=self.endpoint, config=self.config)
        return self.made[service_name]

    def call(self, service_name: str, operation: str, **members: Any) -> dict:
        from botocore import xform_name
        from botocore.exceptions import ClientError

        try:
            answer = getattr(self.client(service_name), xform_name(operation))(**members)
        except ClientError as error:
            said = error.response["Error"]
            raise Refused(said["Code"], said["Message"]) from None
        answer.pop("ResponseMetadata", None)
        return {name: value.read() if hasattr(value, "read") else value for name, value in answer.items()}

    def wait(self, waiter: str, function: str) -> None:
        from botocore import xform_name

        self.client("lambda").get_waiter(xform_name(waiter)).wait(FunctionName=function, WaiterConfig={"Delay": 1})
