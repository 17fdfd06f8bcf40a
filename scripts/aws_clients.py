#!/usr/bin/env python3
"""Makes a virtual environment with the AWS CLI and boto3, for tests that want real clients.

    scripts/aws_clients.py FOLDER

Does nothing where the folder has them already, and waits where another process is making it. The
versions are pinned, so that a test that fails fails for what changed here.
"""

import fcntl
import subprocess
import sys
import venv
from pathlib import Path

# Of one day: the CLI wants exactly one botocore, and boto3 takes that.
WANTED = ("awscli==1.46.3", "boto3==1.44.5")


def main() -> int:
    folder = Path(sys.argv[1])
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder / "installed"
    text = "\n".join(WANTED)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_file() or done.read_text() != text:
            make(folder)
            done.write_text(text)
    return 0


def make(folder: Path) -> None:
    venv.create(folder, with_pip=True, clear=True)
    pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", *WANTED], check=True)


if __name__ == "__main__":
    sys.exit(main())
