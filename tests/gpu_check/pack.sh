#!/usr/bin/env bash
# Packs what a machine with a GPU needs, where nothing is built or installed but the driver, NVRTC and
# (for convolutions) cuDNN: gpu-check with its cases, ganflow, and their libraries.
# Usage: pack.sh FILE.tar.gz [BIN_DIR]     There: tar xf FILE.tar.gz && ganflow-gpu/check.sh
set -euo pipefail
file=${1:?usage: pack.sh FILE.tar.gz [BIN_DIR]}
bin=${2:-$(dirname "$0")/../../build/release/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
to=$work/ganflow-gpu
mkdir -p "$to/lib"
GANFLOW_GPU_CASES=$to/cases "$bin/ganflow_tests" -ns -tc='gpu cases'
cp "$bin/gpu-check" "$bin/ganflow" "$to"
# But for those that belong to the kernel and the loader of the machine.
ldd "$to/gpu-check" "$to/ganflow" | awk '$3 ~ /^\// {print $3}' | sort -u |
  grep -Ev '/(libc|libm|libdl|libpthread|librt|libresolv|ld-[^/]*)\.so' | xargs cp -Lt "$to/lib"
cat >"$to/check.sh" <<'CHECK'
#!/usr/bin/env bash
# The kernels, then training: Markdown on standard output.
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
"$here/gpu-check" "$here/cases"
kernels=$?
echo
"$here/ganflow" gpu-check && [ $kernels = 0 ]
CHECK
chmod +x "$to/check.sh"
tar -C "$work" -czf "$file" ganflow-gpu
du -h "$file"
