from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class OpdConfig(AppConfig):
    name = "opd"
    verbose_name = _("Unit dan orang")
    default = True

    def ready(self) -> None:
        from . import checks  # noqa: F401


class WorkspaceAdminConfig(admin_apps.AdminConfig):
    default_site = "opd.workspace.WorkspaceSite"
    default = False
