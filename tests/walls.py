#!/usr/bin/env python3
"""The walls of the house: which room may include which, read from the #includes.

walls.py TREE        one line for each include that crosses a wall; exit 1 if there is any
walls.py --test      shows, in trees made for it, that every rule bites
"""
import os
import re
import sys
import tempfile

# What each room may include beside itself. Those of FOR_ALL are seen by all. An
# entry is a room (with the rooms below it that have no line here), or one header.
GRAPH_DATA = ["engine/graph/" + name for name in
              ("drawing.h", "host.h", "image_record.h", "lowered.h", "lowered_tables.h", "picture.h", "resident.h", "schedule.h",
               "sink.h", "table.h")]
FORMULAS = ["engine/program/formulas", "ops/primitives/formulas"]
DEVICE = ["engine/device", "engine/kernels", "engine/rewrite", "engine/program",
          "engine/program/formulas", "engine/tensor"]
OPERATORS = ["engine/graph", "engine/program", "engine/tensor"]
ROOMS = {
    "engine/tensor": [],
    "engine/program": ["engine/program/formulas", "engine/tensor"],
    "engine/program/formulas": [],  # text for every device, as those of ops
    "engine/rewrite": ["engine/program", "engine/tensor"],
    "engine/kernels": ["engine/program", "engine/tensor"],
    "engine/device": ["engine/kernels", "engine/rewrite", "engine/program", "engine/tensor"],
    "engine/cpu": DEVICE,
    "engine/cuda": DEVICE,
    "engine/chunks": ["engine/device", "engine/rewrite", "engine/kernels", "engine/program",
                      "engine/tensor"],
    "engine/graph": ["engine/chunks", "engine/device", "engine/program", "engine/tensor"],
    "engine/ranks": ["engine/chunks/peers.h"],
    "engine/run": GRAPH_DATA + ["engine/device", "engine/program", "engine/tensor"],
    "ops": OPERATORS + ["ops/primitives", "ops/primitives/formulas"],
    "ops/primitives": OPERATORS + ["ops"] + FORMULAS,
    "ops/primitives/formulas": ["engine/program/formulas", "engine/tensor/philox.h"],
    "ops/primitives/cpu": OPERATORS + FORMULAS + ["engine/cpu", "ops/primitives"],
    "ops/primitives/cuda": OPERATORS + FORMULAS + ["engine/cuda", "ops/primitives"],
    "ops/primitives/onnx": ["engine/program", "engine/tensor", "ops/primitives"],
    "io": GRAPH_DATA + ["engine/tensor"],
    "graphs": OPERATORS + ["ops", "ops/primitives", "io", "graphs/quality"],
    # Extractors run networks on images at hand, outside of a run.
    "graphs/quality": OPERATORS + ["engine/device", "engine/run", "ops", "ops/primitives", "io",
                                   "graphs"],
    "apps": ["engine/run", "engine/ranks", "engine/chunks", "engine/device", "engine/kernels"] + OPERATORS +
            ["ops", "ops/primitives", "ops/primitives/onnx", "graphs", "graphs/quality", "io"],
}
FOR_ALL = ["engine/cache.h", "engine/error.h", "engine/suggest.h"]
TOPS = ("engine", "ops", "graphs", "io", "apps")
# Libraries that one file alone may include.
DOORS = {"tbb/": "engine/run/runner_graph.cpp", "onnx/onnx_pb.h": "ops/primitives/onnx/nodes.h",
         "mpi.h": "engine/ranks/mpi/ranks.cpp", "xbyak/": "engine/cpu/line_assembler.h"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)


def room_of(path):
    """The longest room that `path` lies in; None for what all may see."""
    if path in FOR_ALL or path.replace(".cpp", ".h") in FOR_ALL:
        return None
    rooms = [room for room in ROOMS if path.startswith(room + "/")]
    return max(rooms, key=len) if rooms else os.path.dirname(path)


def includes_of(tree):
    """{file: headers it includes, in order}."""
    found = {}
    for top in TOPS:
        for folder, _, names in os.walk(os.path.join(tree, top)):
            for name in names:
                if not name.endswith((".h", ".cpp", ".cu", ".cuh")):
                    continue
                path = os.path.join(folder, name)
                file = os.path.relpath(path, tree)
                with open(path, encoding="utf-8") as text:
                    found[file] = INCLUDE.findall(text.read())
    return found


def circles(inside):
    """Headers that include themselves by way of others."""
    found, state, path = [], {}, []

    def visit(file):
        state[file] = "open"
        path.append(file)
        for header in inside.get(file, []):
            if state.get(header) == "open":
                found.append(path[path.index(header):] + [header])
            elif header not in state:
                visit(header)
        path.pop()
        state[file] = "done"

    for file in sorted(inside):
        if file not in state:
            visit(file)
    return found


def complaints(tree):
    includes = includes_of(tree)
    inside = {file: [header for header in headers if header.split("/")[0] in TOPS]
              for file, headers in includes.items()}
    result = []
    for file, headers in sorted(inside.items()):
        room = room_of(file)
        for header in headers:
            other = room_of(header)
            if other is None or other == room:
                continue
            if room is not None and room not in ROOMS:
                result.append(f"{file}: {room} is no room that the walls know")
                break
            allowed = ROOMS[room] if room is not None else []
            if header not in allowed and other not in allowed:
                result.append(f"{file}: {room or 'what all see'} may not include {header}")
    for file, headers in includes.items():
        own = os.path.splitext(file)[0] + ".h"
        if file != own and own in includes and headers[:1] != [own]:
            result.append(f"{file}: includes {own} first, so that it stands alone")
        for header in headers:
            for library, door in DOORS.items():
                if library in header and file != door:
                    result.append(f"{file}: only {door} may include <{header}>")
    return result + ["circle: " + " -> ".join(circle) for circle in circles(inside)]


def self_test():
    cases = [
        ({"engine/kernels/plan.h": '#include "engine/program/value.h"\n', "engine/program/value.h": ""},
         []),
        ({"engine/program/value.h": '#include "engine/cpu/isa.h"\n', "engine/cpu/isa.h": ""},
         ["engine/program/value.h: engine/program may not include engine/cpu/isa.h"]),
        ({"engine/run/a.cpp": '#include "engine/graph/sink.h"\n#include "engine/graph/graph.h"\n'},
         ["engine/run/a.cpp: engine/run may not include engine/graph/graph.h"]),
        ({"ops/layers/dense.cpp": '#include "ops/primitives/cpu/matmul.h"\n'},
         ["ops/layers/dense.cpp: ops may not include ops/primitives/cpu/matmul.h"]),
        ({"ops/primitives/cpu/matmul.cpp": '#include "engine/cpu/tiled.h"\n'}, []),
        ({"io/run/keep.h": '  # include "graphs/graph.h"\n'},
         ["io/run/keep.h: io may not include graphs/graph.h"]),
        ({"engine/error.h": '#include "engine/tensor/shape.h"\n'},
         ["engine/error.h: what all see may not include engine/tensor/shape.h"]),
        ({"engine/new/a.h": '#include "engine/tensor/shape.h"\n'},
         ["engine/new/a.h: engine/new is no room that the walls know"]),
        ({"io/data/a.cpp": "#include <oneapi/tbb/parallel_for.h>\n",
          "engine/run/runner_graph.cpp": "#include <oneapi/tbb/flow_graph.h>\n"},
         ["io/data/a.cpp: only engine/run/runner_graph.cpp may include "
          "<oneapi/tbb/parallel_for.h>"]),
        ({"io/data/a.cpp": '#include <map>\n#include "io/data/a.h"\n', "io/data/a.h": ""},
         ["io/data/a.cpp: includes io/data/a.h first, so that it stands alone"]),
        ({"io/data/a.h": '#include "io/run/b.h"\n', "io/run/b.h": '#include "io/data/a.h"\n'},
         ["circle: io/data/a.h -> io/run/b.h -> io/data/a.h"]),
    ]
    for files, expected in cases:
        with tempfile.TemporaryDirectory() as tree:
            for file, text in files.items():
                os.makedirs(os.path.join(tree, os.path.dirname(file)), exist_ok=True)
                with open(os.path.join(tree, file), "w", encoding="utf-8") as out:
                    out.write(text)
            found = complaints(tree)
            if found != expected:
                sys.exit(f"walls.py: of {files} expected {expected}, found {found}")
    print(f"{len(cases)} cases")


def main():
    if sys.argv[1:] == ["--test"]:
        return self_test()
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if not includes_of(sys.argv[1]):
        sys.exit(f"walls.py: there is no house in {sys.argv[1]}")
    found = complaints(sys.argv[1])
    print("\n".join(found))
    return sys.exit(1) if found else None


if __name__ == "__main__":
    main()
