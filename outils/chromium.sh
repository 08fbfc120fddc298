#!/bin/sh
# Find a Chromium for the browser tests, or install Debian's. Without one: a warning, or a failure in CI.
# And its light form, where Debian has it: most tests run in that one, a fifth quicker.
set -u
if [ "$(id -u)" = 0 ]; then as_root=; else as_root="sudo -n"; fi

found() {
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

add() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null 2>&1
}

if command -v apt-get >/dev/null 2>&1; then
    if ! found; then
        echo "  Installation de Chromium pour les tests dans un navigateur…"
        $as_root apt-get update -qq >/dev/null 2>&1
        add chromium
    fi
    if ! command -v chromium-headless-shell >/dev/null 2>&1 && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
        add chromium-headless-shell
    fi
fi
if found; then exit 0; fi
echo "Chromium est introuvable : les tests dans un navigateur seront passés. Pour les faire : sudo apt install chromium" >&2
if [ "${CI:-}" = true ]; then exit 1; fi
exit 0
