#!/usr/bin/env bash
# Builds and runs the fuzzers, two at a time: 15 s a reader, or 20 minutes.
# Usage: run.sh ci|full [SECONDS]. Prints a line a reader; ends with 1 if one found something.
# What it finds lies in build/fuzz/found.
set -uo pipefail
cd "$(dirname "$0")/../.."
case ${1:-} in
  ci) seconds=15 ;;
  full) seconds=1200 ;;
  *) echo "usage: run.sh ci|full [SECONDS]"; exit 2 ;;
esac
export seconds=${2:-$seconds}
log=$(mktemp)
cmake --preset fuzz > "$log" 2>&1 && cmake --build --preset fuzz >> "$log" 2>&1 ||
  { cat "$log"; exit 1; }

one() {
  name=$1
  mkdir -p build/fuzz/found "build/fuzz/grown/$name"
  # An input may take 10 s of the processor (cpu_limit.h), and 300 s by the clock, which waits count
  # to. Nothing is allocated that the size of the file does not allow: hence the limit of one malloc.
  build/fuzz/bin/"$name"_fuzz -max_total_time="$seconds" -timeout=300 -rss_limit_mb=2048 \
    -malloc_limit_mb=300 -max_len=65536 -close_fd_mask=1 -print_final_stats=1 \
    -artifact_prefix=build/fuzz/found/"$name"- \
    "build/fuzz/grown/$name" "tests/fuzz/corpus/$name" > "build/fuzz/$name.log" 2>&1
  status=$?
  # The children of a fuzzer that forks print theirs, too.
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$name.log" | tail -1)
  echo "fuzz $name: ${runs:-0} inputs in $seconds s, $([ $status = 0 ] && echo 0 || echo 1) wrong"
  [ $status = 0 ] || { tail -40 "build/fuzz/$name.log"; return 1; }
}
export -f one
build/fuzz/bin/cpu_limit_check || exit 1
ls tests/fuzz/*_fuzz.cpp | sed 's/.*\///; s/_fuzz.cpp//' | xargs -P 2 -I{} bash -c 'one {}'
