"""The site's settings with one more address, the bare view (`bench.nue`)."""

from plateforme.settings import *  # noqa: F403

ROOT_URLCONF = "bench.nue"
