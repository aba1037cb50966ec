#!/usr/bin/env bash
# Trains or evaluates models: models/train/run.sh clickbait | all | evaluate NAME… | golden | test
# Sets up its own Python environment first, outside the repository; a second run only looks.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=${DIFFRACT_TRAIN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/diffract/train}
wanted=$(sha256sum "$here/requirements.txt" | cut -c1-16)
venv=$home/python-$wanted
if [ ! -e "$venv/.ready" ]; then
  python=${PYTHON:-python3}
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "training needs Python 3.11 or later: set PYTHON to one (found: $("$python" --version))" >&2
    exit 1
  }
  echo "setting up Python packages in $venv (once, some 500 MB)" >&2
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/requirements.txt"
  touch "$venv/.ready"
fi
# One thread: sums in another order would be other bytes.
export TOKENIZERS_PARALLELISM=false OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1 DIFFRACT_TRAIN_CACHE=$home
cd "$here/.."
if [ "${1:-}" = test ]; then
  shift
  exec "$venv/bin/python" -m pytest -q -p no:cacheprovider train/tests "$@"
fi
exec "$venv/bin/python" -m train "$@"
