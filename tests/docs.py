#!/usr/bin/env python3
"""Whether the pages of docs/ say what the code is.

docs.py ROOT            a line for each thing that differs; exit 1 if there is any
docs.py ROOT --update   puts the files of docs/extend into docs/extend.md as they are now
docs.py --test          whether this script notices what it is for

vocabulary.md: every name in a first column is declared in a header, and every function of formulas that
a header of primitives declares is named. extend.md: quotes each file of docs/extend whole.
"""
import pathlib
import re
import sys

# Functions of primitives that formulas have no use for: leaves of tracing, orders of memory, batches
# that sources draw.
INSIDE = {"add", "input", "variable", "flat_to_channels_last", "from_channels_last", "to_channels_last",
          "sum_axes", "broadcast_axes", "conv2d_input", "conv2d_filter",
          "set_items", "set_images", "sphere_places", "sphere_images", "mixture_points", "swiss_roll_points"}
FORMULAS = ("ops/primitives/*.h", "engine/program/affine.h", "engine/program/concat.h",
            "engine/program/leaves.h", "engine/program/gradient.h")
HEADERS = FORMULAS + ("ops/*.h", "ops/*/*.h", "engine/graph/*.h", "engine/program/*.h", "graphs/parts/*.h")


def texts(root, patterns):
    return "\n".join(p.read_text() for pattern in patterns for p in sorted(root.glob(pattern)))


def named(page):
    """Names in code of first columns: functions, methods behind a dot, types and options."""
    names = set()
    for row in re.findall(r"^\| (.*?) \|", page, re.M):
        for code in re.findall(r"`([^`]*)`", row):
            names.update(re.findall(r"([A-Za-z_]\w*)\(", code))
            if re.fullmatch(r"\w+", code):
                names.add(code)
    return names - {"D"}


def vocabulary(page, formulas, headers):
    names = named(page)
    wrong = [f"docs/vocabulary.md: no header declares '{name}'" for name in sorted(names)
             if not re.search(rf"\b{name}\b\(|\b(?:struct|class)\s+{name}\b|\busing\s+{name}\b|\b{name}\s*=", headers)]
    declared = set(re.findall(r"^(?:inline )?Value (\w+)\(", formulas, re.M)) - INSIDE
    return wrong + [f"docs/vocabulary.md: '{name}' of formulas is missing" for name in sorted(declared - names)]


BLOCK = r"\[docs/(extend/(\w+)\.cpp)\]\(extend/\2\.cpp\):\n\n```cpp\n(.*?)```"


def extend(page, files):
    quoted = {name: text for name, _, text in re.findall(BLOCK, page, re.S)}
    return [f"docs/extend.md: {name} {'is not quoted' if name not in quoted else 'is quoted otherwise'}; "
            "run tests/docs.py . --update" for name in sorted(files) if quoted.get(name) != files[name]] + [
                f"docs/extend.md: there is no file {name}" for name in sorted(quoted.keys() - files.keys())]


def check(root):
    docs = root / "docs"
    files = {f"extend/{p.name}": p.read_text() for p in docs.glob("extend/*.cpp")}
    return vocabulary((docs / "vocabulary.md").read_text(), texts(root, FORMULAS), texts(root, HEADERS)) + extend(
        (docs / "extend.md").read_text(), files)


def update(root):
    page = root / "docs/extend.md"
    code = lambda m: f"[docs/{m[1]}]({m[1]}):\n\n```cpp\n{(root / 'docs' / m[1]).read_text()}```"
    page.write_text(re.sub(BLOCK, code, page.read_text(), flags=re.S))


def test():
    headers = "Value sin(Value x);\nValue cos(Value x);\nstruct Adam {"
    assert vocabulary("| `sin(x)`, `cos(x)` | a |\n| `Adam` | b |", headers, headers) == []
    assert "no header declares 'tan'" in vocabulary("| `sin(x)`, `cos(x)`, `tan(x)` | a |", headers, headers)[0]
    assert "'cos' of formulas is missing" in vocabulary("| `sin(x)` | a |", headers, headers)[0]
    block = "[docs/extend/a.cpp](extend/a.cpp):\n\n```cpp\nint a;\n```"
    assert extend(block, {"extend/a.cpp": "int a;\n"}) == []
    assert "quoted otherwise" in extend(block, {"extend/a.cpp": "int b;\n"})[0]
    assert "is not quoted" in extend("", {"extend/a.cpp": "int b;\n"})[0]
    assert "there is no file" in extend(block, {})[0]


if __name__ == "__main__":
    if sys.argv[1:] == ["--test"]:
        test()
        sys.exit(0)
    where = pathlib.Path(sys.argv[1])
    if sys.argv[2:] == ["--update"]:
        update(where)
    differing = check(where)
    print("\n".join(differing) if differing else "docs: as the code")
    sys.exit(1 if differing else 0)
