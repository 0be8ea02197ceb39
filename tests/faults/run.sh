#!/usr/bin/env bash
# The fault tests of a run directory and of every reader.
# Usage: run.sh smoke|ci|full [BIN_DIR]     smoke, part of all tests, takes half a minute, ci, part of
# .ci/run, eight minutes on two cores, full three hours; they print one line a gate and end with 1 if anything
# went wrong. The fuzzers of ci and full need clang-14 and build themselves into build/fuzz.
set -uo pipefail
cd "$(dirname "$0")/../.."
size=${1:?usage: run.sh smoke|ci|full [BIN_DIR]}
bin=${2:-build/release/bin}
# Kills and failures are seen in the page cache: waiting for a disk would only take time.
[ -d /dev/shm ] && [ -w /dev/shm ] && export TMPDIR=${TMPDIR:-/dev/shm}
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

# gate: count in smoke, in ci, in full (0: all there are)
gates="
failing-writes   12  150  0
prefixes         100 1000 10000
flipped-bits     50  500  20000
kills            10  100  3000
checkpoint-kills 10  100  3000
chains           2   20   500
resume-points    2   10   200
signals          4   12   400
moved-directory  2   10   200
listing-errors   8   80   2000
slow-output      2   4    50
killed-ranks     2   8    50
"
case $size in
  smoke) column=2 reader=5 ;;
  ci) column=3 reader=30 ;;
  full) column=4 reader=1800 ;;
  *) echo "usage: run.sh smoke|ci|full [BIN_DIR]"; exit 2 ;;
esac

one() {  # one NAME COMMAND...: its output comes as one piece
  local name=$1
  shift
  "$@" > "$log/$name" 2>&1 || { [ $? = 77 ] || touch "$log/failed"; }
  cat "$log/$name"
}
export -f one
export log

{
  echo "live-reader /usr/bin/python3 tests/faults/live_reader.py $bin/ganflow $reader"
  echo "$gates" | awk -v c=$column -v b="$bin" 'NF {print $1, b "/ganflow_faults", $1, $c}'
} | xargs -P 2 -I{} bash -c 'one {}'

if [ "$size" != smoke ]; then
  if command -v clang++-14 > /dev/null; then
    tests/fuzz/run.sh "$size" || touch "$log/failed"
  else
    echo "fuzzers skipped: clang++-14 is not installed"
  fi
fi
if [ "$size" = full ]; then
  tests/tsan/run.sh > "$log/tsan" 2>&1 || touch "$log/failed"
  echo "thread sanitizer, flow graph: $(grep -a 'test cases' "$log/tsan" || tail -30 "$log/tsan")"
fi
[ ! -e "$log/failed" ]
