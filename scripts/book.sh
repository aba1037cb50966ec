#!/usr/bin/env bash
# Makes the book: dist/book/index.html. `npm run book`; with `-- serve` it is shown and follows changes.
# mdBook is built once, into the folder of tools. The book's code blocks are run by `npm test`, not by this.
set -euo pipefail
cd "$(dirname "$0")/.."
TOOLS=${DIFFRACT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/diffract/tools}
MDBOOK=0.5.4
if ! "$TOOLS/bin/mdbook" --version 2>/dev/null | grep -q " v$MDBOOK\$"; then
  echo "book: building mdBook $MDBOOK (once, some minutes) ..." >&2
  CARGO_TARGET_DIR="$TOOLS/build" cargo install --quiet --locked --root "$TOOLS" "mdbook@$MDBOOK"
  rm -rf "$TOOLS/build"
fi
exec "$TOOLS/bin/mdbook" "${1:-build}" docs
