from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class PublicationsConfig(AppConfig):
    name = "publications"
    verbose_name = _("Kegiatan dan publikasi")

    def ready(self) -> None:
        from opd.services import address_changed

        connection_created.connect(set_word_likeness, dispatch_uid="word-likeness")
        address_changed.connect(forget_old_account, dispatch_uid="forget-old-account")
        post_delete.connect(forget_photo, sender="publications.Photo", dispatch_uid="forget-photo")
        post_delete.connect(forget_document_file, sender="publications.DocumentFile", dispatch_uid="forget-file")


def set_word_likeness(connection: Any, **kwargs: Any) -> None:
    """How like a misspelt word must be to be found (`publications.search`); PostgreSQL's own 0.6 is too strict."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', '0.5', false)")


def forget_photo(instance: Any, **kwargs: Any) -> None:
    """The files go with the row, also where the row goes with its activity."""
    from .photos import remove_files

    remove_files(instance)


def forget_old_account(channel: Any, **kwargs: Any) -> None:
    """How the old account was read says nothing of the new one."""
    from .channels.probing import forget_old_account as forget

    forget(channel)


def forget_document_file(instance: Any, **kwargs: Any) -> None:
    from .documents.files import forget_file

    forget_file(instance)
