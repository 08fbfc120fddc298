"""The site's settings, without what keeps one person from saying a hundred things in a minute."""

from plateforme.settings import *  # noqa: F403
from plateforme.settings import LIMITES_PAR_MINUTE

LIMITES_PAR_MINUTE = dict.fromkeys(LIMITES_PAR_MINUTE, 10**9)
