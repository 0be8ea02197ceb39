#!/bin/sh
# Installs what ganflow builds with and is tested with on Debian 12; does nothing if it is all there.
# Usage: ./setup.sh          (asks sudo when it is not root)
set -eu
packages="
  g++ cmake ninja-build git
  libtbb-dev libhdf5-dev libcli11-dev libfmt-dev libxsmm-dev nlohmann-json3-dev libtomlplusplus-dev libpng-dev zlib1g-dev
  libjpeg62-turbo-dev libtiff-dev libgif-dev libwebp-dev libstb-dev libexif-dev libzip-dev liblapack-dev
  doctest-dev clang-format-14 clang-14 python3-h5py python3-pandas python3-tables
"
missing=""
for p in $packages; do
  dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing
