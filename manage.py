#!/usr/bin/env python
"""Django's command line; on a newcomer's machine it brings its own database and broker."""

import os
import sys

#: Commands that read one file: they need no settings, no servers and no second of waiting.
FILE_COMMANDS = ("parse_feed", "discover_feed")


def main() -> None:
    if sys.argv[1:2] and sys.argv[1] in FILE_COMMANDS:
        run_file_command(sys.argv[1])
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cilegon_kip.settings")
    from local.servers import provide_servers

    with provide_servers():
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line

        try:
            execute_from_command_line(sys.argv)
        except ImproperlyConfigured as error:  # a setting is missing: one sentence says which
            sys.exit(str(error))


def run_file_command(name: str) -> None:
    from importlib import import_module

    from django.conf import settings

    settings.configure(USE_I18N=False)
    import_module(f"publications.management.commands.{name}").Command().run_from_argv(sys.argv)


if __name__ == "__main__":
    main()
