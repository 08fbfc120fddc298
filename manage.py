#!/usr/bin/env python
"""Django's command line for this project."""

import gc
import os
import sys


def main() -> None:
    # Modules make a hundred thousand objects that stay: looking for garbage among them was a fifth of every start.
    gc.set_threshold(20_000, 10, 100)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateforme.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
