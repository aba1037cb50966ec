#!/usr/bin/env bash
# Runs a command with everything it needs in place: `scripts/with-setup.sh COMMAND [ARG...]`.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
bash "$here/scripts/setup.sh"
# shellcheck source=/dev/null
. "${DIFFRACT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/diffract/tools}/env.sh"
cd "$here"
exec "$@"
