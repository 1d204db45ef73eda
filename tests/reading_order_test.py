#!/usr/bin/env python3
"""What tests/reading_order.py promises, on small source folders."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import reading_order

GOOD = {
    "README.md": "| file | what it is |\n|---|---|\n"
                 "| `base/log` | lines |\n"
                 "| `base/net.h`, `base/loop.[ch]` | sockets; see `main` |\n"
                 "| `main.c` | the start |\n"
                 "\n| word | writer |\n|---|---|\n| `inflight` | all |\n"
                 "| `lua/policies` | nobody |\n",
    "base/log.h": "",
    "base/log.c": '#include "log.h"\n#include <stdio.h>\n',
    "base/net.h": "",
    "base/loop.h": "",
    "base/loop.c": '#include "loop.h"\n#include "net.h"\n# include "log.h"\n',
    "main.c": '#include "loop.h"\n/* `log.h` */\n',
}


def faults(**changes):
    """What is said of a folder: the good one, with these changes."""
    files = {**GOOD, **{name.replace("__", "/").replace("_", "."): text
                        for name, text in changes.items()}}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return {name: found for name, found in reading_order.check(Path(folder)) if found}


class ReadingOrder(unittest.TestCase):
    def test_a_table_in_order_has_no_faults(self):
        self.assertEqual(faults(), {})

    def test_an_include_from_below_is_a_fault(self):
        self.assertEqual(faults(base__log_c='#include "net.h"\n'),
                         {"base/log": ["includes net.h, which comes after it"]})

    def test_what_stands_in_one_row_is_read_together(self):
        self.assertEqual(faults(base__net_h='#include "loop.h"\n'), {})

    def test_a_header_counts_as_its_module(self):
        self.assertEqual(faults(base__log_h='#include "loop.h"\n'),
                         {"base/log": ["includes loop.h, which comes after it"]})

    def test_a_file_without_a_row_is_a_fault(self):
        self.assertEqual(faults(base__new_c=""), {"base/new": ["is not in the table"]})

    def test_a_row_without_a_file_is_a_fault(self):
        self.assertEqual(faults(README_md=GOOD["README.md"] + "| `base/gone` | - |\n"),
                         {"base/gone": ["does not exist"]})

    def test_a_module_in_two_rows_is_a_fault(self):
        self.assertEqual(faults(README_md=GOOD["README.md"] + "| `main` | again |\n"),
                         {"main": ["is in the table twice"]})

    def test_a_header_that_is_nowhere_is_a_fault(self):
        self.assertEqual(faults(main_c='#include "lgo.h"\n'),
                         {"main": ["includes lgo.h, which no module has"]})

    def test_a_fault_is_told_and_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "README.md").write_text("| `main` | - |\n")
            with contextlib.redirect_stdout(io.StringIO()) as said:
                self.assertTrue(reading_order.main(Path(folder)))
        self.assertIn("not ok 1 main\n", said.getvalue())


if __name__ == "__main__":
    unittest.main()
