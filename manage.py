#!/usr/bin/env python
"""Django's command line; on a newcomer's machine it brings its own database and broker."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cilegon_kip.settings")
    from local.servers import provide_servers

    with provide_servers():
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line

        try:
            execute_from_command_line(sys.argv)
        except ImproperlyConfigured as error:  # a setting is missing: one sentence says which
            sys.exit(str(error))


if __name__ == "__main__":
    main()
