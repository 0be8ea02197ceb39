#!/bin/sh
# Installs a build into an empty prefix, then configures, builds and runs a project of its own.
# Usage: check.sh BUILD_DIR PROJECT_DIR
set -eu
build=$1 project=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/prefix" > "$work/install.log"
cmake -S "$project" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$work/prefix" > "$work/configure.log" || { cat "$work/configure.log"; exit 1; }
cmake --build "$work/build" > "$work/build.log" || { cat "$work/build.log"; exit 1; }
"$work/build/lipschitz" --steps 20 --out "$work/run" | tee "$work/out"
grep -q 'quality.kl ' "$work/out"
"$work/build/lipschitz" sample "$work/run" -n 4
test -s "$work/run/run.h5"
