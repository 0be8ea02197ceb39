#!/bin/sh
# Installs what ganflow builds with and is tested with on Debian 12; does nothing if it is all there.
# Usage: ./setup.sh [--cuda]          (asks sudo when it is not root)
#   --cuda   also NVIDIA's headers, NVRTC, cuDNN and the cuBLAS it computes by, from PyPI into .cuda/
#            (1.2 GB): what the CUDA backend is built and tested with; a GPU needs its driver besides.
#            Nothing is fetched where a toolkit with cuDNN lies in /usr/local/cuda or /opt/cuda.
set -eu
case "${1-}" in
  "") cuda="" ;;
  # Later cuDNNs plan only where there is a driver.
  --cuda) cuda="nvidia-cuda-runtime nvidia-cuda-crt nvidia-cuda-nvrtc nvidia-cublas nvidia-cudnn-cu13==9.19.1.2" ;;
  *) echo "setup.sh: $1: there is --cuda" >&2; exit 2 ;;
esac
for toolkit in /usr/local/cuda /opt/cuda; do
  [ -n "$cuda" ] && [ -e $toolkit/include/nvrtc.h ] && [ -e $toolkit/include/cudnn.h ] && cuda="" && echo "CUDA's toolkit is in $toolkit"
done
packages="
  g++ cmake ninja-build git
  libtbb-dev libhdf5-dev libcli11-dev libfmt-dev libxsmm-dev libxbyak-dev nlohmann-json3-dev libtomlplusplus-dev libpng-dev zlib1g-dev
  libjpeg62-turbo-dev libtiff-dev libgif-dev libwebp-dev libstb-dev libexif-dev libzip-dev liblapack-dev
  libboost-math-dev libcairo2-dev libonnx-dev libprotobuf-dev libopenmpi-dev openmpi-bin
  doctest-dev clang-format-14 clang-14 python3-h5py python3-pandas python3-tables
"
[ -n "$cuda" ] && packages="$packages python3-pip"
missing=""
for p in $packages; do
  dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
if [ -n "$missing" ]; then
  sudo=""
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing
fi
# Wheels are unpacked, not installed: ganflow looks for .cuda/nvidia/*/lib beside its sources.
cd "$(dirname "$0")"
for package in $cuda; do
  [ -e ".cuda/$package" ] && continue
  rm -rf .cuda/wheel
  /usr/bin/python3 -m pip download -q --no-deps -d .cuda/wheel "$package"
  /usr/bin/python3 -m zipfile -e .cuda/wheel/*.whl .cuda
  rm -rf .cuda/wheel
  touch ".cuda/$package"
done
