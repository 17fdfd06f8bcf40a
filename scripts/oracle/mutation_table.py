"""Every check, and what is done to a good package so that it has something to find."""

import io
import zipfile
from collections.abc import Callable

from oracle.mutations import (
    MODULE,
    Entry,
    Mutation,
    chain,
    drop,
    each,
    handler,
    patch,
    put,
    rename,
    replace,
    set_mode,
    wheel_for,
)

Change = Callable[[list[Entry]], list[Entry] | None]
HANDLER = ("--handler", "lambda_function.lambda_handler")
TOKEN = "ghp_" + "aZ09kQ7x" * 4 + "Wm3R"
KEY = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEpAIBAAKCAQEA" * 8 + "\n-----END RSA PRIVATE " + "KEY-----\n"


def small_zip(count: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for number in range(count):
            package.writestr(zipfile.ZipInfo(f"data/{number}"), b"")
    return file.getvalue()


def zip64(content: bytes) -> bytes:
    """The end record of 64 bits in front of the plain one, without need."""
    end = content.rindex(b"PK\x05\x06")
    count = int.from_bytes(content[end + 10 : end + 12], "little")
    size, offset = (int.from_bytes(content[end + at : end + at + 4], "little") for at in (12, 16))
    wide = b"PK\x06\x06" + (44).to_bytes(8, "little") + b"\x2d\x03\x2d\x00" + bytes(8)
    wide += count.to_bytes(8, "little") * 2 + size.to_bytes(8, "little") + offset.to_bytes(8, "little")
    locator = b"PK\x06\x07" + bytes(4) + end.to_bytes(8, "little") + (1).to_bytes(4, "little")
    return content[:end] + wide + locator + content[end:]


def broken_data(content: bytes) -> bytes:
    """A few bytes in the middle of the first file's data are others."""
    start = 30 + int.from_bytes(content[26:28], "little") + int.from_bytes(content[28:30], "little") + 8
    return content[:start] + b"\xff\xff\xff\xff" + content[start + 4 :]


def duplicate(entries: list[Entry]) -> list[Entry]:
    return [*entries, next(entry for entry in entries if entry.name == MODULE)]


def wrap(entry: Entry) -> None:
    entry.name = f"my-function/{entry.name}"


def under(folder: str) -> Change:
    def change(entries: list[Entry]) -> None:
        for entry in entries:
            entry.name = f"{folder}/{entry.name}"

    return change


def layer(folder: str) -> Change:
    """What the distributions bring, under a folder of a layer."""
    return chain(drop(MODULE), under(folder))


def bzip2(entry: Entry) -> None:
    entry.method = zipfile.ZIP_BZIP2


# Code of one's own, whose dependencies are in a layer.
OWN = [Entry(MODULE, b"def lambda_handler(event, context): ...\n"), Entry("stripe.py", b"")]
PYC_311 = b"\xa7\x0d\x0d\x0a" + bytes(12)
# Flags 0: by time and size, both of which fit nothing.
PYC_313 = b"\xf3\x0d\x0d\x0a" + bytes(4) + b"\x01\x02\x03\x04\x05\x06\x07\x08"
METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n"
SELF = "stripe"

ALL = [
    Mutation("unreadable-archive", "cut in the middle", damage=lambda content: content[: len(content) // 2]),
    Mutation("zip-bomb", "a terabyte is promised", damage=patch(24, b"\xff\xff\xff\xfe")),
    Mutation("empty-package", "no files", change=lambda _: [Entry("folder/", b"", 0o40755)]),
    Mutation("damaged-entry", "a few bytes are others", damage=broken_data),
    Mutation("overlapping-entries", "all data of one at another's place", damage=lambda content: overlap(content)),
    Mutation("contradicting-headers", "another checksum in the directory", damage=patch(16, b"\x01\x02\x03\x04")),
    Mutation("bytes-around-archive", "a script in front", damage=lambda content: b"#!/bin/sh\n" + content),
    Mutation("foreign-compression", "bzip2", change=each(bzip2, MODULE)),
    Mutation("encrypted-entry", "the bit for a password", damage=lambda content: encrypt(content)),
    Mutation("path-outside-package", "`..`", change=put("../evil.py")),
    Mutation("unusable-name", "a control character", change=put("a\x07b.py")),
    Mutation("untidy-name", "`./`", change=put("./tidy.py")),
    Mutation("backslash-in-name", "zipped on Windows", change=rename("pydantic/main.py", "pydantic\\main.py")),
    Mutation("unmarked-name", "Latin-1 in a name", damage=lambda content: unmark(content), change=put("caf\xe9.txt")),
    Mutation("duplicate-entry", "the handler, twice", change=duplicate),
    Mutation("file-and-folder", "a file where a folder is", change=put("pydantic")),
    Mutation("case-collision", "another case", change=put("Pydantic/main.py")),
    Mutation("symlink", "a link", change=put("link.py", MODULE, mode=0o120777)),
    Mutation("special-file", "a pipe", change=put("pipe", mode=0o010644)),
    Mutation("too-many-entries", "70 000 files", damage=lambda _: small_zip(70_000)),
    Mutation("zip64", "64 bits without need", damage=zip64),
    Mutation("overstated-version", "made by 4.5", damage=patch(4, b"\x2d\x03")),
    Mutation("stored-stream", "a stored file, sizes behind it", damage=lambda _: streamed()),
    Mutation("oversized-package", "300 MB of model", change=put("model.bin", bytes(300_000_000))),
    Mutation("too-many-layers", "six", change=lambda _: OWN[:1], layers=6),
    Mutation("oversized-upload", "60 MB that cannot be packed", change=put("m.bin", bytes(60_000_000), method=0)),
    Mutation("beyond-console-editor", "3 MB that cannot be packed", change=put("m.bin", bytes(4_000_000), method=0)),
    Mutation(
        "beyond-inline-code",
        "a long `index.py`",
        change=lambda _: [Entry("index.py", b"def handler(event, context): ...\n" + b"#" * 5000)],
    ),
    Mutation("wrapped-package", "the folder instead of its content", change=each(wrap), arguments=HANDLER),
    Mutation("layer-without-python", "a layer's modules at its root", change=drop(MODULE), is_layer=True),
    Mutation(
        "layer-of-another-python",
        "a layer for 3.12",
        change=layer("python/lib/python3.12/site-packages"),
        is_layer=True,
    ),
    Mutation("layer-folder-in-function", "a layer's folder in a function", change=chain(layer("python"), put(MODULE))),
    Mutation("shadowed-module", "a package beside its module", change=chain(put("a.py"), put("a/__init__.py"))),
    Mutation("shadowed-standard-module", "`random.py`", change=put("random.py")),
    Mutation("shadowed-dependency", "`stripe.py`", change=lambda _: OWN, layers=1),
    Mutation("unreadable-file", "zipped under umask 077", change=each(set_mode(0o100600), ".py")),
    Mutation("unreadable-folder", "a folder of 0700", change=put("pydantic/", mode=0o40700)),
    Mutation("program-without-x", "a script in `bin/`", change=put("bin/tool", "#!/bin/sh\n")),
    Mutation("needless-permissions", "everyone may write", change=each(set_mode(0o100666))),
    Mutation("malformed-handler", "no function", arguments=("--handler", "lambda_function")),
    Mutation("handler-named-like-module", "`sys`", change=put("sys.py", "def h(e, c): ...\n"), arguments=("--handler", "sys.h")),
    Mutation("missing-handler-module", "no such module", arguments=("--handler", "app.handler")),
    Mutation("missing-handler-function", "no such function", arguments=("--handler", "lambda_function.main")),
    Mutation("uncallable-handler", "`async def`", change=put(MODULE, "async def lambda_handler(event, context): ...\n")),
    Mutation("syntax-error", "a bracket", change=handler("print((")),
    Mutation("missing-module", "a distribution is gone", change=drop("typing_extensions")),
    Mutation("removed-module", "`cgi`", change=handler("import cgi")),
    Mutation("missing-name", "no such name", change=handler("from annotated_types import NoSuchType")),
    Mutation("failing-module", "it raises", change=handler("raise RuntimeError('never')")),
    Mutation("relative-import", "at the root", change=handler("from . import other")),
    Mutation("optional-module", "wanted, but not needed", change=handler("try:\n    import redis\nexcept ImportError:\n    redis = None")),
    Mutation("foreign-machine", "a wheel for arm64", change=wheel_for("manylinux_2_17_aarch64")),
    Mutation("foreign-python", "a wheel for 3.12", change=wheel_for("manylinux_2_17_x86_64", python="3.12")),
    Mutation("foreign-system", "a wheel for Windows", change=wheel_for("win_amd64")),
    Mutation("foreign-system", "a wheel for macOS", change=wheel_for("macosx_11_0_arm64")),
    Mutation("musl-build", "a wheel for Alpine", change=wheel_for("musllinux_1_1_x86_64")),
    Mutation("newer-glibc", "a wheel for a newer Linux", change=replace(b"GLIBC_2.14\0", b"GLIBC_2.99\0", ".so")),
    Mutation("missing-library", "another library's name", change=replace(b"libgcc_s.so.1\0", b"libodbc.so.91\0", ".so")),
    Mutation("foreign-bytecode", "compiled by 3.11", change=put("__pycache__/lambda_function.cpython-311.pyc", PYC_311)),
    Mutation("stale-bytecode", "of another time", change=put("__pycache__/lambda_function.cpython-313.pyc", PYC_313)),
    Mutation("sourceless-bytecode", "compiled by 3.11, alone", change=put("only.pyc", PYC_311)),
    Mutation("missing-requirement", "a distribution is gone", change=drop("typing_extensions")),
    Mutation(
        "conflicting-version",
        "another version",
        change=replace(b"Version: ", b"Version: 0.0.1\nWas: ", "pydantic_core-"),
    ),
    Mutation("duplicate-distribution", "an older `.dist-info`", change=put("stripe-1.0.dist-info/METADATA", METADATA.format(SELF, "1.0"))),
    Mutation(
        "missing-metadata",
        "`.dist-info` removed",
        change=chain(handler("from importlib.metadata import version\nversion('stripe')"), drop(".dist-info/")),
    ),
    Mutation(
        "partial-sdk",
        "botocore without boto3",
        change=chain(put("botocore/__init__.py"), put("botocore-1.44.5.dist-info/METADATA", METADATA.format("botocore", "1.44.5"))),
    ),
    Mutation("runtime-sdk", "boto3 is left to the runtime", change=handler("import boto3")),
    Mutation(
        "editable-install",
        "`pip install -e`",
        change=chain(
            put("shop-1.0.dist-info/METADATA", METADATA.format("shop", "1.0")),
            put("shop-1.0.dist-info/direct_url.json", '{"url": "file:///home/ada/shop", "dir_info": {"editable": true}}'),
        ),
    ),
    Mutation("outside-path", "a `.pth` file", change=put("shop.pth", "/home/ada/shop/src\n")),
    Mutation("startup-code", "a `.pth` file", change=put("start.pth", "import sys; sys.tracing = 1\n")),
    Mutation("secret-in-file", "a token", change=put("settings.py", f'TOKEN = "{TOKEN}"\n')),
    Mutation("credentials-file", "AWS's own", change=put(".aws/credentials", "[default]\naws_access_key_id = x\n")),
    Mutation("virtual-environment", "`.venv`", change=put(".venv/pyvenv.cfg", "home = /usr/bin\n")),
    Mutation("development-files", "`.git`", change=put(".git/config", "[core]\n")),
    Mutation("nested-archive", "a zip in the zip", change=put("old.zip", small_zip(2))),
    Mutation("project-tests", "`tests/`", change=put("tests/test_app.py", "def test(): ...\n")),
    Mutation(
        "installer-inside",
        "pip",
        change=chain(put("pip/__init__.py"), put("pip-25.0.dist-info/METADATA", METADATA.format("pip", "25.0"))),
    ),
    Mutation("litter", "macOS was here", change=put(".DS_Store", b"\0\0\0\1Bud1")),
    Mutation("deprecated-runtime", "python3.9", runtime="python3.9"),
]


def overlap(content: bytes) -> bytes:
    """The second file's record points to the first file's data."""
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    return content[: second + 42] + content[first + 42 : first + 46] + content[second + 46 :]


def encrypt(content: bytes) -> bytes:
    """The first file says, in both places, that it needs a password."""
    at = content.index(b"PK\x01\x02") + 8
    content = content[:6] + bytes([content[6] | 1]) + content[7:]
    return content[:at] + bytes([content[at] | 1]) + content[at + 1 :]


def unmark(content: bytes) -> bytes:
    """The name is in Latin-1, and nothing says what it is in."""
    name, other = "caf\xe9.txt".encode(), b"caf\xe9_.txt"
    # Where each header has its flags, before the name.
    for back in (30 - 6, 46 - 8):
        at = content.index(name)
        content = content[: at - back] + bytes(2) + content[at - back + 2 : at] + other + content[at + len(name) :]
    return content


def streamed() -> bytes:
    """As a library writes that does not know sizes before it has written the data."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    file = Pipe()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as package:
        package.writestr(MODULE, "def lambda_handler(event, context): ...\n")
    return file.getvalue()
