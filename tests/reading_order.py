#!/usr/bin/env python3
"""Is the table of files in src/README.md complete, and in reading order?

    python3 tests/reading_order.py [SOURCE-FOLDER]

A row of the table begins with one or more modules in backquotes: `base/log` is
base/log.c and base/log.h.  What stands for none of the source folder, such as a
word of another table, is passed over.  Every module of the source folder has its
place, and includes only headers of modules in rows above it, or in its own: what
is read together stands in one row.  The answer is TAP: one line for each module.
"""

import re
import sys
from pathlib import Path

ROW = re.compile(r"^\|([^|]*`[^|]*)\|")
MODULE = re.compile(r"`((?:\w+/)+\w+|main)(?:\.(?:[ch]|\[ch\]|\{c,h\}))?`")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def rows_of_table(folder):
    """The modules that each row of the table names."""
    rows = filter(None, map(ROW.match, (folder / "README.md").read_text().splitlines()))
    return [[name for name in MODULE.findall(row[1]) if (folder / name).parent.is_dir()]
            for row in rows]


def modules_of_folder(folder):
    """{module: its files}; a module is a path without its ending."""
    modules = {}
    for file in sorted(folder.rglob("*.[ch]")):
        name = file.relative_to(folder).with_suffix("").as_posix()
        modules.setdefault(name, []).append(file)
    return modules


def faults_of(name, files, place, home):
    """What is wrong with one module.  `home` tells where a header lives."""
    if name not in place:
        yield "is not in the table"
        return
    for file in files:
        for header in INCLUDE.findall(file.read_text()):
            other = home.get(header)
            if other is None:
                yield f"includes {header}, which no module has"
            elif place.get(other, -1) > place[name]:
                yield f"includes {header}, which comes after it"


def check(folder):
    """[(module, [what is wrong with it])], in the table's order."""
    rows = rows_of_table(folder)
    table = [name for row in rows for name in row]
    modules = modules_of_folder(folder)
    place = {name: number for number, row in enumerate(rows) for name in row}
    home = {file.name: name for name, files in modules.items() for file in files}
    results = []
    for name in dict.fromkeys(table + list(modules)):
        faults = list(faults_of(name, modules.get(name, []), place, home))
        if name not in modules:
            faults.append("does not exist")
        if table.count(name) > 1:
            faults.append("is in the table twice")
        results.append((name, faults))
    return results


def main(folder):
    results = check(folder)
    for number, (name, faults) in enumerate(results, 1):
        print("not ok" if faults else "ok", number, name)
        for fault in faults:
            print(f"# {folder / 'README.md'}: {name} {fault}")
    print(f"1..{len(results)}")
    return any(faults for _, faults in results)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "src")))
