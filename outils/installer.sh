#!/bin/sh
# Make .venv if needed and install a locked list of packages: installer.sh PYTHON LIST STAMP
set -eu
python=$1 list=$2 stamp=$3

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Python 3.11 ou plus récent est nécessaire (« $python » ne convient pas). Exemple : make run PYTHON=python3.12" >&2
    exit 1
fi

if [ ! -x .venv/bin/pip ]; then
    rm -rf .venv
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian and Ubuntu ship these two apart.
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        echo "  Installation de $package…"
        if [ "$(id -u)" = 0 ]; then as_root=; else as_root="sudo -n"; fi
        if ! { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package"; } >/dev/null 2>&1; then
            echo "Il manque le paquet $package. Installez-le, puis recommencez : sudo apt install $package" >&2
            exit 1
        fi
    fi
    echo "  Création de l'environnement Python (.venv)…"
    "$python" -m venv .venv
fi

echo "  Installation des dépendances ($list)…"
# The list is complete and hashed: pip has nothing to resolve, so that two can share it, each on a processor of its own.
# Bytecode is compiled at first use.
halves=$(mktemp -d)
trap 'rm -rf "$halves"' EXIT
# A package begins at the margin; its hashes follow, indented.
awk -v folder="$halves" 'BEGIN { turn = 0 } /^[^ #]/ { turn = !turn } { print > (folder "/" turn) }' "$list"
install() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-compile --require-hashes -r "$1"
}
install "$halves/1" &
other=$!
failed=0
install "$halves/0" || failed=1
wait "$other" || failed=1
if [ "$failed" = 1 ]; then
    echo "L'installation des dépendances a échoué : vérifiez l'accès au dépôt de paquets Python, puis recommencez." >&2
    exit 1
fi
touch "$stamp"
# The list for tests holds everything the other does.
if [ "$list" = requirements-dev.txt ]; then touch .venv/.run; fi
