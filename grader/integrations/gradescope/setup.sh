#!/usr/bin/env bash
# Prepares the image on Gradescope: Python, a virtual environment with this package, permissions.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"

if [ -z "${PYTHON:-}" ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    # Ubuntu 22.04's own python3 is too old, and later ones have no python3.11.
    apt-get install -y python3.11-venv || apt-get install -y python3-venv
    PYTHON="$(command -v python3.11 || command -v python3)"
fi

"$PYTHON" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --quiet "$root"/source/exercise_grader-*.whl

# Only root may read solutions and results.
mkdir -p "$root/results"
chmod -R go= "$root/source" "$root/results"
