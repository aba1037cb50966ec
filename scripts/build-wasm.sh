#!/usr/bin/env bash
# Builds one of our wasm modules with its JavaScript: dist/NAME/{diffract_NAME.js,diffract_NAME.d.ts,diffract_NAME_bg.wasm}.
#
#   scripts/build-wasm.sh NAME          small: with wasm-opt. NAME is a folder of crate/: engine, workbench ...
#   scripts/build-wasm.sh NAME --fast   without wasm-opt, for work in between
#
# DIFFRACT_WASM_FEATURES=bench adds what crate/engine/bench/boundary.mjs compares; never ship that.
# DIFFRACT_WASM_OPT and DIFFRACT_WASM_FLAGS change wasm-opt's level (-Oz --converge: what is left to gain by going over it again is
# worth its time where size is all) and rustc's target features (none).
# Run it by scripts/with-setup.sh, which puts the tools on the path.
set -euo pipefail
cd "$(dirname "$0")/.."

name=${1:?"say which module: engine, workbench ..."}
fast=
[ "${2:-}" = --fast ] && fast=1
[ -f "crate/$name/Cargo.toml" ] || { printf 'there is no crate/%s\n' "$name" >&2; exit 2; }
target=${CARGO_TARGET_DIR:-target}
out=dist/$name

say() { printf '%s: %s\n' "$name" "$*" >&2; }

# Messages of panics name source files. Not where they lie on this machine: the same sources are to give the same bytes.
sysroot=$(${DIFFRACT_WASM_TOOLCHAIN:+env RUSTUP_TOOLCHAIN="$DIFFRACT_WASM_TOOLCHAIN"} rustc --print sysroot)
flags="--remap-path-prefix=$sysroot=rust"
for crates in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
  [ ! -d "$crates" ] || flags+=$'\x1f'"--remap-path-prefix=$crates=crates"
done
[ -z "${DIFFRACT_WASM_FLAGS:-}" ] || flags+=$'\x1f'"-Ctarget-feature=$DIFFRACT_WASM_FLAGS"
export CARGO_ENCODED_RUSTFLAGS=$flags
# Our own crates by way of scripts/build/path/diffract-rustc, which says why.
export DIFFRACT_ROOT=$PWD PATH=$PWD/scripts/build/path:$PATH RUSTC_WORKSPACE_WRAPPER=diffract-rustc

${DIFFRACT_WASM_TOOLCHAIN:+env RUSTUP_TOOLCHAIN="$DIFFRACT_WASM_TOOLCHAIN"} \
  cargo build --quiet --profile wasm --target wasm32-unknown-unknown -p "diffract-$name" \
  ${DIFFRACT_WASM_FEATURES:+--features "$DIFFRACT_WASM_FEATURES"}

# Into a folder beside it first: whoever reads dist/engine meanwhile sees the old one or the new one.
work=$(mktemp -d "${TMPDIR:-/tmp}/diffract-wasm.XXXXXX")
trap 'rm -rf "$work"' EXIT
wasm-bindgen --target web --out-dir "$work" "$target/wasm32-unknown-unknown/wasm/diffract_$name.wasm"
features=(--enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals --enable-simd
  --enable-reference-types --enable-multivalue)
# Functions of what runs as JavaScript stay apart: V8 does not optimise those of more than 60 KB of bytecode, and with all that is called
# once within its caller most of deciding was one of six times that.
inline=()
[ ! -f "crate/$name/exports.json" ] ||
  inline=(--one-caller-inline-max-function-size=500 --inline-max-combined-binary-size=1500)
if [ -z "$fast" ]; then
  read -ra level <<<"${DIFFRACT_WASM_OPT:--Oz --converge}"
  node_modules/.bin/wasm-opt "${level[@]}" "${inline[@]}" --strip-debug --strip-producers "${features[@]}" \
    "$work/diffract_${name}_bg.wasm" -o "$work/small.wasm"
  mv "$work/small.wasm" "$work/diffract_${name}_bg.wasm"
fi

# What only numbers cross needs nothing else that wasm-bindgen adds; and it is told in JavaScript as well, for pages on which
# Chromium refuses wasm (docs/decisions/near-engine.md). Both have one memory and one table, cell by cell.
javascript=
if [ -f "crate/$name/exports.json" ]; then
  module=$work/diffract_${name}_bg.wasm
  node_modules/.bin/wasm-metadce "${features[@]}" --graph-file "crate/$name/exports.json" "$module" -o "$work/bare.wasm" >/dev/null
  node_modules/.bin/wasm-opt "${features[@]}" --signext-lowering --llvm-nontrapping-fptoint-lowering \
    --remove-unused-module-elements "$work/bare.wasm" -o "$module"
  node_modules/.bin/wasm2js "${features[@]}" -O2 "${inline[@]}" "$module" -o "$work/diffract_${name}_js.js"
  javascript=diffract_${name}_js.js
fi

size=$(wc -c <"$work/diffract_${name}_bg.wasm")
mkdir -p "$out"
for file in "diffract_$name.js" "diffract_$name.d.ts" "diffract_${name}_bg.wasm" "diffract_${name}_bg.wasm.d.ts" $javascript; do
  mv -f "$work/$file" "$out/$file"
done
say "$out/diffract_${name}_bg.wasm, $size bytes"
