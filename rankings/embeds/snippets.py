"""The lines of HTML that others copy into their own pages."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from opd.models import Category, Unit

#: Pixels that a frame takes: a table is scrolled inside it, a unit's place fits.
TABLE_HEIGHT, UNIT_HEIGHT = 480, 300


def table_frame(category: Category) -> str:
    """A category's newest finished month as a frame."""
    path = reverse("rankings:embed_category", args=[category.value])
    return frame(path, _("Peringkat keaktifan %(label)s") % {"label": category.label}, TABLE_HEIGHT)


def unit_frame(unit: Unit) -> str:
    path = reverse("rankings:embed_unit", args=[unit.slug])
    return frame(path, _("Peringkat keaktifan %(name)s") % {"name": unit.name}, UNIT_HEIGHT)


def frame(path: str, title: str, height: int) -> str:
    return format_html(
        '<iframe src="{}" title="{}, {}" width="100%" height="{}" loading="lazy" frameborder="0"></iframe>',
        settings.SITE_URL + path,
        title,
        settings.PORTAL_NAME,
        height,
    )


def badge_image(unit: Unit) -> str:
    """The badge as a picture that leads to the unit's page. Its text changes each month, so `alt` names no place."""
    return format_html(
        '<a href="{}"><img src="{}" alt="{}" height="84"></a>',
        settings.SITE_URL + unit.get_absolute_url(),
        settings.SITE_URL + reverse("opd:unit_badge", args=[unit.slug]),
        _("Peringkat keaktifan %(name)s di %(portal)s") % {"name": unit.name, "portal": settings.PORTAL_NAME},
    )
