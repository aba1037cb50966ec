#!/usr/bin/env bash
# How much of the rule language its tests run: lines of the parser, the checker and the matcher.
#
#   npm run coverage                 prints the share of each folder and each file; fails where a folder is under 95 %
#   npm run coverage -- --html       also writes target/llvm-cov/html
#
# Needs cargo-llvm-cov (`cargo install --locked cargo-llvm-cov`) and LLVM's tools of rustc's own major version: from
# `rustup component add llvm-tools`, or from the system (Debian: `apt-get install llvm-22`).
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"
least=${DIFFRACT_COVERAGE:-95}

command -v cargo-llvm-cov > /dev/null || {
  echo "cargo-llvm-cov is missing: cargo install --locked cargo-llvm-cov" >&2
  exit 2
}
major=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
sysroot=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin
if [ -z "${LLVM_COV:-}" ] && [ ! -x "$sysroot/llvm-cov" ]; then
  LLVM_COV=$(command -v "llvm-cov-$major" || true)
  LLVM_PROFDATA=$(command -v "llvm-profdata-$major" || true)
  [ -n "$LLVM_COV" ] && [ -n "$LLVM_PROFDATA" ] || {
    echo "llvm-cov and llvm-profdata of LLVM $major are missing: rustup component add llvm-tools, or apt-get install llvm-$major" >&2
    exit 2
  }
  export LLVM_COV LLVM_PROFDATA
fi

# What an earlier run left would be read against the sources of now.
cargo llvm-cov clean --workspace
cargo llvm-cov --no-report --locked -p diffract-core
cargo llvm-cov report --locked -p diffract-core --json --summary-only --output-path target/coverage.json
[ "${1:-}" != --html ] || cargo llvm-cov report --locked -p diffract-core --html
node --import tsx scripts/coverage.ts target/coverage.json "$least"
