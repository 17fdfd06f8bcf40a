"""The comparison has to notice every kind of difference; one that it misses would go unseen."""

import base64
import hashlib
import tempfile
import unittest
import zipfile
from pathlib import Path

from . import package as packages
from . import readers

RUNTIME = "python3.13"
PIPS_SCRIPT = b"#!/venv/bin/python\nimport sys\n"
OUR_SCRIPT = b"#!/var/lang/bin/python3.13\nimport sys\n"
LIBRARY = {
    "lib/__init__.py": b"x = 1\n" * 40,
    "lib-1.0.dist-info/METADATA": b"Name: lib\n",
}
REGULAR, EXECUTABLE = 0o100644, 0o100755


def record(files: dict[str, bytes]) -> bytes:
    rows = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(content)}\n")
    return ("".join(rows) + "lib-1.0.dist-info/RECORD,,\n").encode()


class Comparison(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.files = LIBRARY | {"bin/lib": OUR_SCRIPT}
        self.files["lib-1.0.dist-info/RECORD"] = record(self.files)
        self.modes = {"bin/lib": EXECUTABLE}

    def check(self, expected: list[str]) -> None:
        """Each fault has to be found by a line that starts so, and nothing else may be found."""
        tree = self.folder / "tree"
        for path, content in (LIBRARY | {"bin/lib": PIPS_SCRIPT, "lib-1.0.dist-info/INSTALLER": b"pip\n"}).items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(content)
        (tree / "bin" / "lib").chmod(0o755)
        with zipfile.ZipFile(self.folder / "package.zip", "w", zipfile.ZIP_DEFLATED) as writer:
            for path, content in (self.files | {"own.py": b""}).items():
                entry = zipfile.ZipInfo(path)
                entry.external_attr = self.modes.get(path, REGULAR) << 16
                writer.writestr(entry, content)
        package = packages.Package(self.folder / "package.zip", "", ("own.py",))
        self.addCleanup(package.close)
        found = [
            *packages.wrong_entries(package),
            *packages.differences_from_tree(package, tree, RUNTIME),
            *packages.wrong_records(package),
        ]
        self.assertEqual(len(found), len(expected), found)
        for line, start in zip(found, expected):
            self.assertTrue(line.startswith(start), f"{line!r}, expected {start!r}")

    def test_equal_but_for_the_interpreter_line_is_equal(self):
        self.check([])

    def test_modes(self):
        self.modes |= {"lib/__init__.py": 0o100600}
        self.check(["lib/__init__.py: mode 0o100600"])
        self.modes |= {"lib/__init__.py": EXECUTABLE, "bin/lib": REGULAR}
        self.check(["bin/lib: not executable", "lib/__init__.py: executable"])

    def test_a_changed_byte(self):
        self.files["lib/__init__.py"] = b"x = 2\n" + b"x = 1\n" * 39
        self.check(
            [
                "lib/__init__.py: 240 bytes, pip has 240; from byte 4 on",
                "lib-1.0.dist-info/RECORD: lib/__init__.py has sha256=",
            ]
        )

    def test_a_file_that_is_missing(self):
        del self.files["lib/__init__.py"]
        self.check(
            ["lib/__init__.py: only in pip's tree", "lib-1.0.dist-info/RECORD: lists lib/__init__.py"]
        )

    def test_a_file_too_many(self):
        self.files["stray.py"] = b""
        self.check(["stray.py: only in the package", "stray.py: in no RECORD"])

    def test_a_script_for_another_interpreter(self):
        self.files["bin/lib"] = PIPS_SCRIPT
        self.files["lib-1.0.dist-info/RECORD"] = record(LIBRARY | {"bin/lib": PIPS_SCRIPT})
        self.check(["bin/lib: starts with b'#!/venv/bin/python'"])

    def test_readers_notice_damage(self):
        self.check([])
        path = self.folder / "package.zip"
        with zipfile.ZipFile(path) as package:
            first = package.infolist()[0]
            entries = len(package.infolist())
        self.assertEqual(list(readers.objections(path, entries)), [])
        damaged = bytearray(path.read_bytes())
        # Thirty bytes of local header and the name stand before the data.
        damaged[30 + len(first.filename) + first.compress_size - 1] ^= 0xFF
        path.write_bytes(damaged)
        found = " ".join(readers.objections(path, entries))
        self.assertIn("-m zipfile -t", found)


if __name__ == "__main__":
    unittest.main()
