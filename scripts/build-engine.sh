#!/usr/bin/env bash
# Builds the engine's wasm with its JavaScript: dist/engine/{diffract_engine.js,diffract_engine.d.ts,diffract_engine_bg.wasm}.
#
#   scripts/build-engine.sh           small: with wasm-opt
#   scripts/build-engine.sh --fast    without wasm-opt, for work in between
#
# DIFFRACT_ENGINE_FEATURES=bench adds what crate/engine/bench/boundary.mjs compares; never ship that.
# Run it by scripts/with-setup.sh, which puts the tools on the path.
set -euo pipefail
cd "$(dirname "$0")/.."

fast=
[ "${1:-}" = --fast ] && fast=1
target=${CARGO_TARGET_DIR:-target}
out=dist/engine

say() { printf 'engine: %s\n' "$*" >&2; }

# Messages of panics name source files. Not where they lie on this machine: the same sources are to give the same bytes.
sysroot=$(${DIFFRACT_WASM_TOOLCHAIN:+env RUSTUP_TOOLCHAIN="$DIFFRACT_WASM_TOOLCHAIN"} rustc --print sysroot)
flags="--remap-path-prefix=$PWD=."$'\x1f'"--remap-path-prefix=$sysroot=rust"
for crates in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
  [ ! -d "$crates" ] || flags+=$'\x1f'"--remap-path-prefix=$crates=crates"
done
export CARGO_ENCODED_RUSTFLAGS=$flags

${DIFFRACT_WASM_TOOLCHAIN:+env RUSTUP_TOOLCHAIN="$DIFFRACT_WASM_TOOLCHAIN"} \
  cargo build --quiet --profile wasm --target wasm32-unknown-unknown -p diffract-engine \
  ${DIFFRACT_ENGINE_FEATURES:+--features "$DIFFRACT_ENGINE_FEATURES"}

# Into a folder beside it first: whoever reads dist/engine meanwhile sees the old one or the new one.
work=$(mktemp -d "${TMPDIR:-/tmp}/engine.XXXXXX")
trap 'rm -rf "$work"' EXIT
wasm-bindgen --target web --out-dir "$work" "$target/wasm32-unknown-unknown/wasm/diffract_engine.wasm"
if [ -z "$fast" ]; then
  node_modules/.bin/wasm-opt -Oz --converge --strip-debug --strip-producers --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext \
    --enable-mutable-globals --enable-reference-types --enable-multivalue \
    "$work/diffract_engine_bg.wasm" -o "$work/small.wasm"
  mv "$work/small.wasm" "$work/diffract_engine_bg.wasm"
fi

size=$(wc -c <"$work/diffract_engine_bg.wasm")
mkdir -p "$out"
for file in diffract_engine.js diffract_engine.d.ts diffract_engine_bg.wasm diffract_engine_bg.wasm.d.ts; do
  mv -f "$work/$file" "$out/$file"
done
say "$out/diffract_engine_bg.wasm, $size bytes"
