"""How the table of handlers is read and compared."""

import unittest

from oracle import handlers

KNOWN = handlers.Known(request_id="7", minor="3.12")


class Placeholders(unittest.TestCase):
    def test_they_stand_for_what_they_say(self):
        for expected, seen, equal in [
            ("a<number>b", "a12b", True),
            ("a<number>b", "a1.5b", True),
            ("a<number>b", "ab", False),
            ("<number>/<hex>", "2026/ff", True),
            ("in <module> <rest>", "in <module> all\nof it", True),
            ("<time> <request-id>", "2026-11-21T15:16:54.917Z 7", True),
            ("<second>", "2026-11-21T15:16:54.917Z", False),
            ("python<minor>/<compact>", "python3.12/312", True),
        ]:
            with self.subTest(expected):
                self.assertEqual(KNOWN.matches(expected, seen), equal)

    def test_values_are_compared_one_by_one(self):
        for expected, seen, equal in [
            (["<frames>", "b"], ["x", "y", "b"], True),
            (["a", "<frames>"], ["a"], True),
            (["a", "<frames>"], ["b"], False),
            ({"n": "<number>", "x": "<any>"}, {"n": 1.5, "x": [None]}, True),
            ({"a": 1}, {"a": 1, "b": 2}, False),
            ([1], [True], False),
        ]:
            with self.subTest(expected):
                self.assertEqual(KNOWN.equal(expected, seen), equal)

    def test_more_keys_are_good_in_a_subset_only(self):
        self.assertTrue(KNOWN.equal({"a": 1}, {"a": 1, "b": 2}, subset=True))


class Table(unittest.TestCase):
    def test_every_name_is_used_once(self):
        names = [f"{row.file}/{row.name}" for row in handlers.load()]
        self.assertEqual(len(names), len(set(names)))

    def test_every_source_says_what_kind_it_is(self):
        kinds = ("aws: ", "emulator: ", "client: ", "facts: ", "issue: ")
        odd = [row.name for row in handlers.load() if not row.source.startswith(kinds)]
        self.assertEqual(odd, [])
