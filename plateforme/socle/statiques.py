"""Static files: hashed names, compressed once, at collection."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Bytes. What goes in one packet of the network comes no sooner for being smaller.
PACKET = 1400


class StaticConfig(StaticFilesConfig):
    """Django's app, without the parts of the design system that no page asks for: 15 MB less to hash and compress."""

    ignore_patterns = (
        *StaticFilesConfig.ignore_patterns,
        "dsfr/dist/analytics/*", "dsfr/dist/component/*", "dsfr/dist/core/*", "dsfr/dist/dsfr/*",
        "dsfr/dist/layout/*", "dsfr/dist/legacy/*", "dsfr/dist/scheme/*", "dsfr/dist/utility/*",
        "dsfr/dist/artwork/pictograms/*", "dsfr/dist/artwork/background/*", "dsfr.min.css", "*.legacy.*",
        "*.nomodule.*", "*.print.*", "django_htmx/ext/*", "htmax-*", "htmx-4*", "htmx-2.js",
    )  # fmt: skip


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage; a file that a style sheet names but that is not there must not stop a start."""

    manifest_strict = False
    # Modules import one another by their hashed names: a page and a module that name the same file load it once.
    support_js_module_import_aggregation = True

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress what is worth it: pages ask for the hashed names only, and a thousand icons are small."""
        asked = set(self.hashed_files.values())
        yield from super().compress_files(
            path for path in paths if path in asked and Path(self.path(path)).stat().st_size > PACKET
        )
