"""The file bundle of an objection, ready for Komisi Informasi: timeline, all letters, list of contents."""

from .archive import bundle_zip, file_name

__all__ = ["bundle_zip", "file_name"]
