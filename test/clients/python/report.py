"""Runs the unittest modules that are named and prints a line of JSON for each test: its name and its error."""

import contextlib
import json
import sys
import unittest


class LineReport(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        self.error = None

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.error = self.failures[-1][1]

    def addError(self, test, err):
        super().addError(test, err)
        self.error = self.errors[-1][1]
        # What fails around the tests, such as setUpClass, is no test that starts and stops.
        if not isinstance(test, unittest.TestCase):
            self.line(str(test))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.error = self._exc_info_to_string(err, subtest)

    def stopTest(self, test):
        super().stopTest(test)
        method = test.id().split(".")[-1]
        self.line(method.removeprefix("test_").replace("_", " "))

    def line(self, name):
        print(json.dumps({"name": name, "error": self.error}), file=sys.__stdout__, flush=True)


with contextlib.redirect_stdout(sys.stderr):
    unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:]).run(LineReport())
