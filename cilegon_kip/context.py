"""What every page knows: the portal's and the city's name."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, str]:
    return {
        "portal_name": settings.PORTAL_NAME,
        "city_name": settings.CITY_NAME,
        "site_url": settings.SITE_URL,
        "canonical_url": settings.SITE_URL + request.path,
        "contact_email": settings.CONTACT_EMAIL,
        "theme": request.COOKIES.get("tema", "") if request.COOKIES.get("tema") in ("terang", "gelap") else "",
    }
