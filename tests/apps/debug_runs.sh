#!/usr/bin/env bash
# The debug preset crashed on `train thesis-28 --plan`: two types of one name, of which the linker
# keeps one where nothing is inlined.
set -euo pipefail
cd "$(dirname "$0")/../.."
# Without debugging information, which takes a third of the time and changes no code.
cmake --preset debug -DCMAKE_CXX_FLAGS_DEBUG=-O0
cmake --build --preset debug --target app-ganflow ganflow_tests
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
tests/one_definition.py build/debug/CMakeFiles/ganflow.dir
ganflow=build/debug/bin/ganflow
"$ganflow" train thesis-28 --plan >"$out/plan"
grep -q 'phase critic' "$out/plan"
"$ganflow" train thesis-28 --steps 20 --threads 2 --out "$out/thesis"
"$ganflow" verify "$out/thesis"
"$ganflow" train toy-8gaussians --steps 5 --threads 2 --out "$out/toy"
"$ganflow" sample "$out/toy" -n 10 --out "$out/points"
"$ganflow" list --graph toy-8gaussians >/dev/null
ctest --preset debug -R "^(engine|ops)$" -j 2
echo "the debug preset trains"
