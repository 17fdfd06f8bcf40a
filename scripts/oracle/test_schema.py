"""How a request finds its operation, and how an answer is held against a description."""

import json
import unittest

from oracle import schema
from oracle.api_model import Model

MODEL = Model(
    {
        "operations": {
            "GetFunction": {
                "http": {"method": "GET", "requestUri": "/2015-03-31/functions/{Name}", "responseCode": 200},
                "output": {"shape": "Answer"},
                "errors": [{"shape": "NotFound"}],
            },
            "GetByArn": {"http": {"method": "GET", "requestUri": "/layers?find=LayerVersion"}},
            "ListLayers": {"http": {"method": "GET", "requestUri": "/layers"}},
            "Delete": {"http": {"method": "DELETE", "requestUri": "/tags/{Arn}", "responseCode": 204}},
        },
        "shapes": {
            "Answer": {
                "type": "structure",
                "required": ["Name"],
                "members": {"Name": {"shape": "Name"}, "Size": {"shape": "Size"}, "Made": {"shape": "Time"}, "Tags": {"shape": "Tags"}},
            },
            "Name": {"type": "string", "pattern": "[a-z]+", "max": 5},
            "Size": {"type": "long", "min": 1},
            "Time": {"type": "timestamp"},
            "Tags": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Name"}},
            "NotFound": {"type": "structure", "members": {"Message": {"shape": "Any"}}, "error": {"httpStatusCode": 404}},
            "Any": {"type": "string"},
        },
    }
)
HEADERS = {"X-Amzn-RequestId": "1", "Content-Type": "application/json"}


def faults(document: object, status: int = 200, operation: str = "GetFunction", **headers: str) -> list[str]:
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps(document).encode() if document is not None else b""
    return [what for what, _ in schema.answer(MODEL, MODEL.operations[operation], status, HEADERS | more, body)]


class Requests(unittest.TestCase):
    def test_they_find_their_operation(self):
        for method, target, name in [
            ("GET", "/2015-03-31/functions/f?Qualifier=1", "GetFunction"),
            ("GET", "/2015-03-31/functions/arn%3Aaws%3Alambda", "GetFunction"),
            ("GET", "/layers?find=LayerVersion&Arn=x", "GetByArn"),
            ("GET", "/layers?MaxItems=1", "ListLayers"),
            ("GET", "/layers/", "ListLayers"),
            ("DELETE", "/tags/arn:aws:lambda:us-east-1:1:function:f", "Delete"),
        ]:
            with self.subTest(target):
                self.assertEqual(MODEL.find(method, target).name, name)
        self.assertIsNone(MODEL.find("POST", "/2015-03-31/functions/f"))


class Answers(unittest.TestCase):
    def test_one_that_fits_has_no_faults(self):
        self.assertEqual(faults({"Name": "abc", "Size": 1, "Made": 1.5, "Tags": {"a": "b"}}), [])
        self.assertEqual(faults(None, 204, "Delete"), [])

    def test_each_fault_is_told(self):
        for document, fault in [
            ({}, "$.Name is missing"),
            ({"Name": None}, "$.Name is null, expected string or nothing"),
            ({"Name": 1}, "$.Name is of type int, expected string"),
            ({"Name": "abcdef"}, "$.Name is outside ..5"),
            ({"Name": "A"}, "$.Name does not match its pattern"),
            ({"Name": "a", "Size": 0}, "$.Size is outside 1.."),
            ({"Name": "a", "Size": True}, "$.Size is of type bool, expected long"),
            ({"Name": "a", "Made": "today"}, "$.Made is of type str, expected timestamp"),
            ({"Name": "a", "Tags": {"a": 1}}, "$.Tags{} is of type int, expected string"),
            ({"Name": "a", "More": 1}, "$.More is no member"),
        ]:
            with self.subTest(fault):
                self.assertEqual(faults(document), [fault])
        self.assertEqual(faults({"Name": "a"}, 201), ["answers 201, expected 200"])
        self.assertEqual(faults({"x": 1}, 204, "Delete"), ["has a body, expected none"])

    def test_errors_have_a_type_a_status_and_a_message(self):
        self.assertEqual(faults({"Message": "no"}, 404, X_Amzn_ErrorType="NotFound"), [])
        self.assertEqual(faults({"message": "no"}, 400, X_Amzn_ErrorType="ValidationException"), [])
        for document, status, code, fault in [
            ({"Message": "no"}, 400, "NotFound", "answers NotFound with 400, expected 404"),
            ({"Message": "no"}, 404, "", "has an error 404 without x-amzn-ErrorType"),
            ({"Message": "no"}, 404, "Other", "answers 404 Other, which is none of its errors"),
            ({"message": "no"}, 500, "NotFound", "answers 500 NotFound"),
            ({}, 404, "NotFound", "has an error NotFound without a message"),
        ]:
            with self.subTest(fault):
                self.assertEqual(faults(document, status, X_Amzn_ErrorType=code), [fault])


if __name__ == "__main__":
    unittest.main()
