#!/usr/bin/env python3
"""Whether every inline function and class of a build is one thing in all its object files.

one_definition.py BUILD    a line for each name that has several sizes; exit 1 if there is any

Of a name that several files define the linker keeps one definition, unseen. In a build without
optimisation equal sources give equal code, so that sizes that differ are two things of one name:
`Member` of a plan and `Member` of the command line once were, and a destructor freed what it was
not made for.
"""
import pathlib
import re
import subprocess
import sys

OURS = re.compile(r"_Z(T[A-Z]|GV|Z)*N?[rVK]*[RO]?7ganflow")  # mangled names of namespace ganflow


def definitions(build):
    """{mangled name: {size: object file}} of what linkers merge."""
    found = {}
    objects = sorted(str(path) for path in pathlib.Path(build).rglob("*.o"))
    for first in range(0, len(objects), 100):
        lines = subprocess.run(["nm", "--defined-only", "-S", "-A", *objects[first:first + 100]],
                               check=True, capture_output=True, text=True).stdout
        for line in lines.splitlines():
            file, _, entry = line.partition(".o:")
            fields = entry.split()
            if len(fields) == 4 and fields[2] in "WVu":
                found.setdefault(fields[3], {}).setdefault(int(fields[1], 16), file)
    return len(objects), found


def main(build):
    count, found = definitions(build)
    if count == 0:
        sys.exit(f"{build}: there are no object files")
    # Those of the standard library, also over types of ours, differ with the flags of its headers'
    # users and with what a compiler has already seen not to throw.
    wrong = {name: sizes for name, sizes in found.items() if len(sizes) > 1 and OURS.match(name)}
    for name, sizes in sorted(wrong.items()):
        shown = subprocess.run(["c++filt", name], capture_output=True, text=True).stdout.strip()
        where = ", ".join(f"{size} bytes in {file}" for size, file in sorted(sizes.items()))
        print(f"{shown}: {where}")
    print(f"{len(found)} names in {count} object files, {len(wrong)} of several sizes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
