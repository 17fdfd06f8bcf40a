"""Tells how Python's `zipfile` reads archives.

Each line of stdin is the path of one. The answer is a line per entry, with tabs between its CRC-32,
size, SHA-256, mode, DOS time and name, and then an empty line.
"""

import hashlib
import sys
import zipfile


def answer(path: str) -> None:
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
        if damaged is not None:
            raise zipfile.BadZipFile(f"{damaged} is damaged")
        for entry in archive.infolist():
            content = archive.read(entry)
            digest = hashlib.sha256(content).hexdigest()
            row = (entry.CRC, len(content), digest, entry.external_attr >> 16, dos_time(entry), entry.filename)
            print(*row, sep="\t")
    print(flush=True)


def dos_time(entry: zipfile.ZipInfo) -> int:
    year, month, day, hour, minute, second = entry.date_time
    return (year - 1980) << 25 | month << 21 | day << 16 | hour << 11 | minute << 5 | second // 2


sys.stdin.reconfigure(encoding="utf-8")
sys.stdout.reconfigure(encoding="utf-8", newline="\n")
for line in sys.stdin:
    answer(line.rstrip("\n"))
