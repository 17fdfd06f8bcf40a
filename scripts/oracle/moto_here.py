"""A pytest plugin for moto's suite: its functions run on a Python that this machine has.

    MOTO_RUNTIME=python3.12 PYTHONPATH=scripts pytest -p oracle.moto_here tests/test_awslambda
"""

import importlib
import os


def pytest_sessionstart() -> None:
    importlib.import_module("tests.test_awslambda.utilities").PYTHON_VERSION = os.environ["MOTO_RUNTIME"]
