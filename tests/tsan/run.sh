#!/usr/bin/env bash
# Builds and runs the tests of the flow graph under the thread sanitizer. The first time it fetches and
# builds oneTBB (a minute). Usage: run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/tsan/build_tbb.sh build/tbb-tsan
cmake --preset tsan > /dev/null
cmake --build --preset tsan
TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1" build/tsan/bin/ganflow_flow_tests "$@"
