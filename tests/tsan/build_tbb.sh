#!/usr/bin/env bash
# Builds oneTBB with -DTBB_SANITIZE=thread from Debian's source package into DIR, once. Debian's own
# libtbb is not instrumented, so that the thread sanitizer reports races that are none.
# Usage: build_tbb.sh DIR
set -euo pipefail
to=$(mkdir -p "$1" && cd "$1" && pwd)
[ -e "$to/lib/cmake/TBB/TBBConfig.cmake" ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/source"
echo "deb-src http://deb.debian.org/debian bookworm main" > "$work/sources.list"
apt="apt-get -qq -o Dir::Etc::SourceList=$work/sources.list -o Dir::Etc::SourceParts=-
  -o Dir::State::Lists=$work/lists -o APT::Sandbox::User=root"
(cd "$work/source" && $apt update && $apt source --download-only onetbb && tar xf onetbb_*.orig.tar.*)
cmake -S "$work"/source/oneTBB-* -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DTBB_SANITIZE=thread -DTBB_TEST=OFF -DTBB_STRICT=OFF -DCMAKE_INSTALL_LIBDIR=lib \
  -DCMAKE_INSTALL_PREFIX="$to" -DTBBMALLOC_BUILD=OFF > "$work/log"
cmake --build "$work/build" >> "$work/log" || { tail -40 "$work/log"; exit 1; }
cmake --install "$work/build" >> "$work/log"
