#!/usr/bin/env python3
"""Deploys projects to `barrow serve` with the tools that people use, and takes them down again.

Terraform with the AWS provider: apply, a plan without drift, new code, a plan without drift,
destroy. Chalice and Zappa: deploy, update, delete. `sam remote invoke`: with a log, as an event, with an error.
The tools are as released and told nothing but AWS_ENDPOINT_URL. What they ask of services that
Barrow does not have a moto_server answers, and the last lines say which those were.

    scripts/client_flows.py
    scripts/client_flows.py --flow terraform --terraform-plugins DIR --keep
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from oracle import corpus, service, venvs
from oracle.api_model import Model
from oracle.route import Router
from oracle.schema import Violations

PROJECTS = corpus.ROOT / "fixtures" / "clients"
FIRST, SECOND = "first", "second"


class Broken(Exception):
    """A step of a flow did not do what it is to do."""


@dataclass
class Flow:
    """One tool at work in a scratch folder."""

    tool: str
    folder: Path
    endpoint: str
    options: argparse.Namespace

    def run(self, what: str, *command: object, code: int = 0, stdin: str | None = None, **environment: str) -> str:
        """Runs a command, which has to end with `code`. Gives what it printed."""
        began = time.monotonic()
        done = subprocess.run(
            list(map(str, command)), cwd=self.folder, text=True, input=stdin, timeout=600,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=service.client_environment(self.endpoint, **environment),
        )  # fmt: skip
        if done.returncode != code:
            raise Broken(f"{what}: `{' '.join(map(str, command[1:]))}` ended with {done.returncode}, expected {code}:\n{telling(done.stdout)}")
        print(f"  {what}: {time.monotonic() - began:.1f} s", flush=True)
        return done.stdout

    def aws(self, what: str, *arguments: object, code: int = 0) -> str:
        return self.run(what, venvs.AWS.make() / "aws", *arguments, code=code)

    def expect(self, what: str, seen: object, expected: object) -> None:
        if seen != expected:
            raise Broken(f"{what}: expected {expected!r}, seen {str(seen)[-3000:]!r}")

    def expect_line(self, what: str, text: str, pattern: str) -> None:
        if not re.search(pattern, text):
            raise Broken(f"{what}: expected `{pattern}`, seen:\n{text[-3000:]}")

    def write(self, edition: str) -> None:
        """The project's source in one of its editions."""
        source = (PROJECTS / self.tool / "app.py").read_text()
        (self.folder / "app.py").write_text(source.replace('"THIS EDITION"', f'"{edition}"'))

    def functions(self) -> list[str]:
        return json.loads(self.aws("what is there", "lambda", "list-functions", "--query", "Functions[].FunctionName"))


def main() -> int:
    options = parse_arguments()
    barrow = None if options.endpoint else corpus.find_barrow(options.barrow)
    violations = Violations(Model.of_venv(venvs.AWS.make() / "python"))
    broken = []
    for tool in options.flow.split(","):
        print(tool, flush=True)
        with contextlib.ExitStack() as stack:
            ours = stack.enter_context(service.given_or_own(options.endpoint, barrow))
            emulator = stack.enter_context(service.moto(venvs.MOTO.make() / "python"))
            routes = dict.fromkeys(options.services.split(","), ours.endpoint)
            router = stack.enter_context(Router(routes, emulator.endpoint, violations.watch))
            folder = Path(tempfile.mkdtemp(prefix=f"barrow-{tool}-"))
            shutil.copytree(PROJECTS / tool, folder, dirs_exist_ok=True)
            try:
                FLOWS[tool](Flow(tool, folder, router.endpoint, options))
            except (Broken, subprocess.TimeoutExpired) as error:
                broken.append(tool)
                print(f"  BROKEN {error}", flush=True)
                print("  " + "\n  ".join(ours.said().splitlines()[-15:]))
            for name, count in router.elsewhere.items():
                print(f"  moto answered {count} requests to {name}")
            if not options.keep:
                shutil.rmtree(folder)
    print("\n".join(violations.report()))
    print(f"broken: {', '.join(broken)}" if broken else f"{options.flow} work")
    return 1 if broken or violations.counts else 0


def terraform(flow: Flow) -> None:
    for edition in (FIRST, SECOND):
        flow.write(edition)
        archive(flow.folder / f"{edition}.zip", {"app.py": (flow.folder / "app.py").read_text()})
    archive(flow.folder / "layer.zip", {"python/words.py": 'GREETING = "good evening"\n'})
    settings = flow.folder / "terraform.rc"
    mirror = flow.options.terraform_plugins or os.environ.get("TF_PLUGIN_MIRROR")
    settings.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n' if mirror else "")
    said = {"TF_CLI_CONFIG_FILE": str(settings), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_VAR_role": service.ROLE}
    flow.run("init", "terraform", "init", "-no-color", "-input=false", **said)
    for edition, version in ((FIRST, "1"), (SECOND, "2")):
        said["TF_VAR_edition"] = edition
        flow.run(f"apply the {edition}", "terraform", "apply", "-no-color", "-auto-approve", "-input=false", **said)
        flow.run("a plan without drift", "terraform", "plan", "-no-color", "-detailed-exitcode", "-input=false", **said)
        outputs = json.loads(flow.run("outputs", "terraform", "output", "-json", **said))
        greeting = {"said": f"good evening {edition}", "source": edition, "variable": edition}
        flow.expect("what the function said", outputs["greeting"]["value"], greeting)
        flow.expect("the alias", outputs["version"]["value"], version)
        flow.expect("the account", outputs["account"]["value"], service.ACCOUNT)
    flow.run("destroy", "terraform", "destroy", "-no-color", "-auto-approve", "-input=false", **said)
    flow.expect("functions after it", flow.functions(), [])


def chalice(flow: Flow) -> None:
    program = venvs.CHALICE.make() / "chalice"
    for edition in (FIRST, SECOND):
        flow.write(edition)
        flow.run(f"deploy the {edition}", program, "deploy", "--stage", "dev", "--no-autogen-policy")
        said = flow.run("invoke", program, "invoke", "-n", "greeter", "--stage", "dev", stdin='{"name": "you"}')
        flow.expect("what the function said", json.loads(said), {"said": "hello you", "source": edition, "stage": "dev"})
    time.sleep(1)
    flow.expect_line("logs", flow.run("logs", program, "logs", "-n", "greeter", "--stage", "dev"), "asked by you")
    flow.run("delete", program, "delete", "--stage", "dev")
    flow.expect("functions after it", flow.functions(), [])


def zappa(flow: Flow) -> None:
    programs = venvs.ZAPPA.make()
    said = {"VIRTUAL_ENV": str(programs.parent), "PATH": f"{programs}:{os.environ['PATH']}"}
    for verb, edition in (("deploy", FIRST), ("update", SECOND)):
        flow.write(edition)
        flow.run(verb, programs / "zappa", verb, "dev", **said)
        answer = flow.run("invoke", programs / "zappa", "invoke", "dev", '{"name": "you"}', "--raw", **said)
        flow.expect_line("what the function printed", answer, f"asked in the {edition} edition")
    flow.expect_line("status", flow.run("status", programs / "zappa", "status", "dev", **said), "flow-zappa-dev")
    flow.run("undeploy", programs / "zappa", "undeploy", "--yes", "dev", **said)
    flow.expect("functions after it", flow.functions(), [])


def sam(flow: Flow) -> None:
    archive(flow.folder / "app.zip", {"app.py": (flow.folder / "app.py").read_text()})
    flow.aws("create", "lambda", "create-function", "--function-name", "flow-sam", "--runtime", "python3.12", "--handler", "app.handler",
             "--role", service.ROLE, "--zip-file", f"fileb://{flow.folder / 'app.zip'}")  # fmt: skip
    flow.aws("wait", "lambda", "wait", "function-active-v2", "--function-name", "flow-sam")
    arn = f"arn:aws:lambda:{service.REGION}:{service.ACCOUNT}:function:flow-sam"
    invoke = [venvs.SAM.make() / "sam", "remote", "invoke", arn]
    said = {"SAM_CLI_TELEMETRY": "0", "HOME": str(flow.folder)}
    answer = flow.run("remote invoke", *invoke, "--event", '{"name": "you"}', "--output", "json", **said)
    for pattern in (r'"StatusCode": 200', r'"ExecutedVersion": "\$LATEST"', "hello you", "LogResult"):
        flow.expect_line("the answer", answer, pattern)
    answer = flow.run("as text", *invoke, "--event", '{"name": "you"}', **said)
    for pattern in ("hello you", "a line for the log", "START RequestId", "REPORT RequestId"):
        flow.expect_line("the answer", answer, pattern)
    parameters = ["--parameter", "InvocationType=Event", "--output", "json"]
    flow.expect_line("an event", flow.run("as an event", *invoke, "--event", '{"name": "you"}', *parameters, **said), "202")
    answer = flow.run("an error of the function", *invoke, "--event", '{"fail": "on purpose"}', **said)
    flow.expect_line("the error", answer, "ValueError.*on purpose|on purpose.*ValueError")
    flow.aws("delete", "lambda", "delete-function", "--function-name", "flow-sam")


FLOWS: dict[str, Callable[[Flow], None]] = {"terraform": terraform, "chalice": chalice, "zappa": zappa, "sam": sam}


def telling(output: str) -> str:
    """What a tool says of its failure; plans and progress come before that."""
    return output[output.find("Error: ") if "Error: " in output else 0 :][-2500:]


def archive(path: Path, sources: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as content:
        for name, text in sources.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            content.writestr(entry, text)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flow", metavar="A,B", default=",".join(FLOWS), help=f"[{','.join(FLOWS)}]")
    parser.add_argument("--terraform-plugins", metavar="DIR", help="a mirror of providers [TF_PLUGIN_MIRROR, else the registry]")
    parser.add_argument(
        "--services", metavar="A,B", default="lambda,s3,logs,sts,iam", help="what goes to it; the rest is moto's [lambda,s3,logs,sts,iam]"
    )
    parser.add_argument("--keep", action="store_true", help="keep the scratch folders")
    parser.add_argument("--endpoint", metavar="URL", help="a service that runs already")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
