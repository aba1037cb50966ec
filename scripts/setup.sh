#!/usr/bin/env bash
# Everything `npm start` and `npm test` need, put in place once; a second run only looks and takes a second.
#
# What it may do, each said as it happens: install Debian packages (browsers, and where rustup cannot fetch the wasm
# target, Debian's own compiler), build a few cargo tools into a cache folder, and run `npm ci`. On a machine that is
# not Debian it uses what is there and says what is missing. See docs/decisions/toolchain.md.
#
# DIFFRACT_TOOLS  where tools go        (default: $XDG_CACHE_HOME/diffract/tools or ~/.cache/diffract/tools)
# CHROME, FIREFOX browsers to use       (default: the first found on PATH or in the usual places)
set -euo pipefail
cd "$(dirname "$0")/.."

TOOLS=${DIFFRACT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/diffract/tools}
TARGET=wasm32-unknown-unknown
DEBIAN_TOOLCHAIN=diffract-wasm
DEBIAN_LLD=wasm-ld-22
mkdir -p "$TOOLS/bin"
export PATH="$TOOLS/bin:$HOME/.cargo/bin:$PATH"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf 'setup: error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# --- Debian packages -------------------------------------------------------------------------------------------

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo "$@"; else return 1; fi
}

apt_updated=
apt_install() { # apt_install WHY PACKAGE...
  local why=$1; shift
  have apt-get || return 1
  say "installing $* ($why) ..."
  if [ -z "$apt_updated" ]; then as_root apt-get update -qq >/dev/null || return 1; apt_updated=1; fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$TOOLS/apt.log" 2>&1 ||
    { tail -n 20 "$TOOLS/apt.log" >&2; return 1; }
}

# --- the native toolchain --------------------------------------------------------------------------------------

have cargo || fail "no Rust here. Install it from https://rustup.rs (or your system's packages), then run this again."
have node || fail "no Node here. Install Node 20 or later, then run this again."
have cc || apt_install "a linker for native builds" gcc libc6-dev || fail "no C compiler (cc) here: cargo needs one to link. Install gcc or clang."

# --- cargo's tools ---------------------------------------------------------------------------------------------

lock_version() { # the version of a crate in Cargo.lock
  awk -v name="\"$1\"" '$1 == "name" && $3 == name { getline; gsub(/"/, "", $3); print $3; exit }' Cargo.lock
}
cargo_tool() { # cargo_tool BINARY CRATE VERSION [FLAG...]
  local binary=$1 crate=$2 version=$3; shift 3
  [ -x "$TOOLS/bin/$binary" ] && grep -qs "^\"$crate $version " "$TOOLS/.crates.toml" && return
  say "building $crate $version (once, a minute or two) ..."
  # They run for seconds (wasm-bindgen, on the largest module: 7 in place of 2) and take minutes less to compile like this.
  CARGO_TARGET_DIR="$TOOLS/build" CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=false \
    cargo install --quiet --root "$TOOLS" "$@" "$crate@$version"
}
cargo_tools() {
  # wasm-bindgen's own lock file names a yanked crate, hence without --locked.
  cargo_tool wasm-bindgen wasm-bindgen-cli "$(lock_version wasm-bindgen)" &&
    cargo_tool wasm-pack wasm-pack 0.15.1 --locked &&
    cargo_tool geckodriver geckodriver 0.37.1 --locked &&
    cargo_tool cargo-deny cargo-deny 0.20.2 --locked &&
    rm -rf "$TOOLS/build"
}
# Packages are fetched and unpacked meanwhile, which leaves the processors idle.
cargo_tools &
building=$!
# Where this script ends early, no other of them begins.
trap 'kill "$building" 2>/dev/null || true' EXIT

# --- browsers --------------------------------------------------------------------------------------------------

first_of() {
  local candidate
  for candidate in "$@"; do
    if have "$candidate"; then command -v "$candidate"; return; fi
    [ -x "$candidate" ] && { echo "$candidate"; return; }
  done
  return 1
}
find_chrome() {
  first_of ${CHROME:+"$CHROME"} chromium chromium-browser google-chrome-stable google-chrome chrome \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"
}
find_firefox() {
  first_of ${FIREFOX:+"$FIREFOX"} firefox-esr firefox "/Applications/Firefox.app/Contents/MacOS/firefox"
}
find_chromedriver() { first_of ${CHROMEDRIVER:+"$CHROMEDRIVER"} chromedriver /usr/lib/chromium/chromedriver; }

if ! find_chrome >/dev/null || ! find_chromedriver >/dev/null; then
  apt_install "Chromium and its driver, for the browser tests" chromium chromium-driver fonts-liberation fonts-noto-color-emoji ||
    say "no Chromium with chromedriver found; its tests cannot run. Install both, or set CHROME and CHROMEDRIVER."
fi
find_firefox >/dev/null || apt_install "Firefox, for the browser tests" firefox-esr ||
  say "no Firefox found; its tests cannot run. Install it, or set FIREFOX."

# --- the wasm target -------------------------------------------------------------------------------------------

wasm_toolchain= # empty: the default one has the target
has_target() { # has_target [TOOLCHAIN]
  local root
  root=$(${1:+env RUSTUP_TOOLCHAIN="$1"} rustc --print sysroot 2>/dev/null) || return 1
  compgen -G "$root/lib/rustlib/$TARGET/lib/libstd-*.rlib" >/dev/null
}

build_target_from_source() {
  # Where rustup cannot download: Debian's rustc comes with the library's source, and builds the target itself.
  # The way and its timing are in docs/decisions/toolchain.md.
  apt_install "a Rust compiler that can build the wasm target" rustc-web cargo-web rust-web-src lld-22 || return 1
  local work="$TOOLS/std-build" root=/usr/lib/rustlib/$TARGET/lib
  if ! compgen -G "$root/libstd-*.rlib" >/dev/null; then
    say "building the standard library for $TARGET (about two minutes) ..."
    rm -rf "$work" && mkdir -p "$work/src" && echo '#![no_std]' >"$work/src/lib.rs"
    printf '[package]\nname = "std_build"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$work/Cargo.toml"
    (
      cd "$work"
      env -u RUSTFLAGS -u RUSTUP_TOOLCHAIN RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$work/target" \
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$DEBIAN_LLD \
        "$(first_of /usr/bin/cargo cargo)" build --release --quiet --target $TARGET -Zbuild-std=std,panic_abort,test
    ) || return 1
    as_root mkdir -p "$root"
    find "$work/target/$TARGET/release/deps" -name '*.rlib' ! -name 'libstd_build-*' -exec "$([ "$(id -u)" = 0 ] && echo env || echo sudo)" cp {} "$root/" \;
    rm -rf "$work"
  fi
  rustup toolchain link "$DEBIAN_TOOLCHAIN" /usr
}

if has_target; then :
elif have rustup && has_target "$DEBIAN_TOOLCHAIN" && have $DEBIAN_LLD; then wasm_toolchain=$DEBIAN_TOOLCHAIN
elif have rustup && say "adding the target $TARGET with rustup ..." && timeout 120 rustup target add $TARGET >"$TOOLS/rustup.log" 2>&1; then :
elif have rustup && say "rustup cannot fetch it; taking Debian's compiler instead" && build_target_from_source; then
  wasm_toolchain=$DEBIAN_TOOLCHAIN
else
  fail "no $TARGET target. On a machine with network: rustup target add $TARGET"
fi

# --- npm's packages --------------------------------------------------------------------------------------------

if [ ! -d node_modules ] || ! cmp -s package-lock.json node_modules/.diffract-lock; then
  say "npm ci ..."
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.diffract-lock
fi

wait "$building" || fail "a tool did not build (see above); run this again to go on where it stopped"
trap - EXIT

# --- what the other scripts read -------------------------------------------------------------------------------

{
  echo "# Written by scripts/setup.sh; sourced by scripts/with-setup.sh."
  echo "export PATH=\"$TOOLS/bin:\$PATH\""
  echo "export DIFFRACT_WASM_TOOLCHAIN=\"$wasm_toolchain\""
  [ -z "$wasm_toolchain" ] || echo "export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$DEBIAN_LLD"
  for pair in CHROME=find_chrome FIREFOX=find_firefox CHROMEDRIVER=find_chromedriver; do
    path=$(${pair#*=} || true); [ -z "$path" ] || echo "export ${pair%%=*}=\"$path\""
  done
  echo "export GECKODRIVER=\"$TOOLS/bin/geckodriver\""
} >"$TOOLS/env.sh"
say "ready (wasm by ${wasm_toolchain:-the default toolchain}; tools in $TOOLS)"
