"""Static files: hashed names, compressed once, at collection."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


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
