"""Static files: hashed names, compressed once, at collection."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; a file that a style sheet names but that is not there must not stop a start."""

    manifest_strict = False
