#!/bin/sh
# Find a Chromium for the browser tests, or install Debian's. Without one: a warning, or a failure in CI.
set -u
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ]; then as_root=; else as_root="sudo -n"; fi
if command -v apt-get >/dev/null 2>&1; then
    echo "  Installation de Chromium pour les tests dans un navigateur…"
    $as_root apt-get update -qq >/dev/null 2>&1
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1
fi
if command -v chromium >/dev/null 2>&1; then exit 0; fi
echo "Chromium est introuvable : les tests dans un navigateur seront passés. Pour les faire : sudo apt install chromium" >&2
if [ "${CI:-}" = true ]; then exit 1; fi
exit 0
