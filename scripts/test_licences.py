"""What counts as an allowed licence."""

import unittest

from licences import satisfies

ALLOWED = {"MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Zlib"}


class Licences(unittest.TestCase):
    def check(self, expression: str, expected: bool) -> None:
        with self.subTest(expression):
            self.assertEqual(satisfies(expression, ALLOWED), expected)

    def test_one_allowed_choice_is_enough(self):
        self.check("MIT", True)
        self.check("MIT OR GPL-3.0", True)
        self.check("GPL-3.0/MIT", True)
        self.check("GPL-3.0 OR (MIT AND Zlib)", True)

    def test_everything_that_is_demanded_together_has_to_be_allowed(self):
        self.check("MIT AND GPL-3.0", False)
        self.check("(MIT OR Zlib) AND GPL-3.0", False)
        self.check("(GPL-3.0 OR Zlib) AND MIT", True)

    def test_an_exception_belongs_to_its_licence(self):
        self.check("Apache-2.0 WITH LLVM-exception", True)
        self.check("MIT WITH LLVM-exception", False)

    def test_what_cannot_be_read_is_not_allowed(self):
        for expression in ("", "(MIT", "MIT OR", "MIT MIT"):
            self.check(expression, False)


if __name__ == "__main__":
    unittest.main()
