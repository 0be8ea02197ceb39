#!/usr/bin/env bash
# Runs every example app and a preset for a few steps and looks for what they must say.
# Usage: short_runs.sh BIN_DIR
set -euo pipefail
bin=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

expect() {  # expect NAME PATTERN COMMAND...
  local name=$1 pattern=$2
  shift 2
  "$@" --steps "${STEPS:-50}" --out "$work/$name" > "$work/$name.log" 2>&1 || { cat "$work/$name.log"; exit 1; }
  grep -q -- "$pattern" "$work/$name.log" || { cat "$work/$name.log"; echo "no '$pattern'"; exit 1; }
  ls "$work/$name"/replica_000/samples/*.png > /dev/null
  echo "$name ok"
}

expect two_sphere_sts 'quality.kl .*floor' "$bin/two_sphere_sts"
expect gaussians_sgp 'quality.modes' "$bin/gaussians_sgp" --batch 64
expect dragan 'quality.modes' "$bin/dragan" --batch 32
expect r1 'quality.modes' "$bin/r1" lazy --batch 32
expect hinge_sn 'quality.kl .*floor' "$bin/hinge_sn"
expect cyclegan_2d 'inverse.distance' "$bin/cyclegan_2d" --batch 32
expect waves 'fit.residual' "$bin/waves" --batch 32
expect infogan 'information.categorical' "$bin/infogan" --data spheres --batch 16
expect thesis-28-sts 'quality.kl .*floor' "$bin/ganflow" train thesis-28-sts --trace --dot
if [ -d "${GANFLOW_DATA:-}/mnist" ]; then
  expect mnist_sts 'wasserstein' "$bin/mnist_sts" --data "mnist:$GANFLOW_DATA/mnist"
  STEPS=10 expect smooth_gan 'wasserstein' "$bin/smooth_gan" --data "mnist:$GANFLOW_DATA/mnist" --batch 4
else
  echo "mnist_sts skipped: GANFLOW_DATA is not set"
fi
if [ -d "${GANFLOW_DATA:-}/cifar-10" ]; then
  STEPS=5 expect cifar_dcgan 'objective ' "$bin/cifar_dcgan" --batch 4
else
  echo "cifar_dcgan skipped: GANFLOW_DATA is not set"
fi
