"""Letters and the outbox in the workspace: to look at, and the few acts that a person may do."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.cache import add_never_cache_headers
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cilegon_kip.common.secret_addresses import HIDDEN, hide_secrets
from opd.models import User
from opd.permissions import may
from opd.workspace import CityAdmin, UnitScopedAdmin

from .forms import WithdrawForm
from .models import Letter, LetterKind, Mail, MailRead, Series
from .outbox import RIGHT, MailError, in_words, mark_bounced, requeue_mail
from .services import LetterError, open_letter, withdraw_letter

#: As it stands in a mail: on a line of its own.
ONE_TIME_CODE = re.compile(r"(?m)^\d{6}$")


class FixedRows(UnitScopedAdmin):
    """Rows that are neither typed in nor deleted by hand, whoever asks."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ViewedRows(FixedRows):
    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def actor_of(request: HttpRequest) -> User:
    return cast("User", request.user)  # the admin site lets nobody else in


class WithdrawnFilter(admin.SimpleListFilter):
    title = _("keadaan")
    parameter_name = "keadaan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("berlaku", _("Berlaku")), ("ditarik", _("Ditarik"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("berlaku", "ditarik"):
            return queryset.filter(withdrawn_at__isnull=self.value() == "berlaku")
        return queryset


@admin.register(Letter)
class LetterAdmin(ViewedRows):
    list_display = ("number", "subject", "unit", "state")
    list_select_related = ("unit",)
    list_filter = (WithdrawnFilter, "kind")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("number",)
    search_help_text = _("Cari nomor surat")
    ordering = ("-issued_on", "-pk")
    show_full_result_count = False
    change_form_template = "admin/correspondence/letter_form.html"
    fields = (
        ("number", "issued_on"),
        "kind",
        "subject",
        "unit",
        "written_to",
        "created_by",
        "printed_code",
        "sha256",
        ("withdrawn_at", "withdrawn_by"),
        "withdrawn_reason",
    )

    @admin.display(description=_("keadaan"))
    def state(self, letter: Letter) -> Any:
        return _("Ditarik") if letter.withdrawn_at else _("Berlaku")

    @admin.display(description=_("kepada"))
    def written_to(self, letter: Letter) -> str:
        """A citizen's name and address stand in the file, whose opening is written down."""
        return str(letter.addressee if letter.unit_id else _("Warga; lihat berkas surat"))

    @admin.display(description=_("kode pemeriksaan"))
    def printed_code(self, letter: Letter) -> str:
        return letter.printed_code

    def get_urls(self) -> list[Any]:
        own = [
            path("<int:pk>/unduh/", self._page(require_safe(self.download)), name="correspondence_letter_download"),
            path("<int:pk>/tarik/", self._page(self.withdraw), name="correspondence_letter_withdraw"),
        ]
        return own + super().get_urls()

    def _page(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """A page of one letter, for those who may see it; for others it does not exist."""

        def answer(request: HttpRequest, pk: int) -> HttpResponse:
            return view(request, get_object_or_404(self.get_queryset(request), pk=pk))

        return self.admin_site.admin_view(answer)  # type: ignore[no-any-return]

    def download(self, request: HttpRequest, letter: Letter) -> HttpResponse:
        """The file; who opened it is written down."""
        try:
            content = open_letter(letter_id=letter.pk, actor=actor_of(request))
        except LetterError as error:
            raise Http404 from error
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{letter.file_name}"'
        add_never_cache_headers(response)
        return response

    def withdraw(self, request: HttpRequest, letter: Letter) -> HttpResponse:
        """Ask for the reason, then withdraw."""
        if not may(request.user, "correspondence.withdraw_letter", letter):
            raise Http404
        form = WithdrawForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            try:
                withdraw_letter(letter_id=letter.pk, actor=actor_of(request), reason=form.cleaned_data["reason"])
            except LetterError as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, _("Surat %(number)s ditarik.") % {"number": letter}, messages.SUCCESS)
                return redirect("admin:correspondence_letter_change", letter.pk)
        title = _("Tarik surat %(number)s") % {"number": letter}
        common = {"opts": self.opts, "letter": letter, "form": form, "title": title}
        return TemplateResponse(
            request, "admin/correspondence/withdraw.html", {**self.admin_site.each_context(request), **common}
        )


@admin.register(Mail)
class MailAdmin(ViewedRows, CityAdmin):
    list_display = ("subject", "status", "when", "masked_to")
    list_filter = ("status",)
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("subject",)
    search_help_text = _("Cari perihal")
    ordering = ("-created_at", "-pk")
    show_full_result_count = False
    actions = ("send_again", "bounced")
    fields = (
        ("status", "attempts"),
        "recipients",
        "subject",
        "shown_text",
        "letter",
        ("created_at", "sent_at"),
        ("next_try_at", "last_error"),
        "key",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("html")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Addresses and text are shown: who looks is written down first."""
        mail = self.get_object(request, object_id)
        if mail is not None and request.method == "GET" and self.has_view_permission(request, mail):
            MailRead.objects.create(mail=mail, user=actor_of(request))
        return super().change_view(request, object_id, *args, **kwargs)

    @admin.display(description=_("isi"))
    def shown_text(self, mail: Mail) -> str:
        """Without what opens a case: that is for the recipient alone."""
        return ONE_TIME_CODE.sub(HIDDEN, hide_secrets(mail.text))

    @admin.display(description=_("kepada"))
    def masked_to(self, mail: Mail) -> str:
        return mail.masked_to

    @admin.display(description=_("dibuat pada"), ordering="created_at")
    def when(self, mail: Mail) -> str:
        return date_format(localtime(mail.created_at), "j M Y H.i")  # short enough for a phone's list

    @admin.display(description=_("galat terakhir"))
    def last_error(self, mail: Mail) -> str:
        return f"{in_words(mail.error)} ({mail.error})" if mail.error else "-"

    @admin.display(description=_("kepada"))
    def recipients(self, mail: Mail) -> str:
        return ", ".join(mail.recipients)

    def has_act_permission(self, request: HttpRequest) -> bool:
        return may(request.user, RIGHT)

    @admin.action(description=_("Kirim ulang"), permissions=["act"])
    def send_again(self, request: HttpRequest, mails: QuerySet[Mail]) -> None:
        done = self._each(request, mails, lambda pk: requeue_mail(mail_id=pk, actor=actor_of(request)))
        if done:
            text = ngettext("%(count)d surel dikirim ulang.", "%(count)d surel dikirim ulang.", done)
            self.message_user(request, text % {"count": done}, messages.SUCCESS)

    @admin.action(description=_("Tandai terpental"), permissions=["act"])
    def bounced(self, request: HttpRequest, mails: QuerySet[Mail]) -> None:
        done = self._each(request, mails, lambda pk: mark_bounced(mail_id=pk, actor=actor_of(request)))
        if done:
            text = ngettext("%(count)d surel ditandai terpental.", "%(count)d surel ditandai terpental.", done)
            self.message_user(request, text % {"count": done}, messages.SUCCESS)

    def _each(self, request: HttpRequest, mails: QuerySet[Mail], act: Callable[[int], None]) -> int:
        """One by one; a refusal does not stop the others, and each change is written down with the person."""
        done = 0
        for mail in mails:
            try:
                act(mail.pk)
            except MailError as error:
                self.message_user(request, f"{mail}: {error}", messages.ERROR)
            else:
                done += 1
                self.log_change(request, mail, request.POST.get("action", ""))
        return done


@admin.register(Series)
class SeriesAdmin(FixedRows, CityAdmin):
    list_display = ("name", "number_format")
    readonly_fields = ("slug",)


@admin.register(LetterKind)
class LetterKindAdmin(FixedRows, CityAdmin):
    list_display = ("name", "series", "classification")
    list_select_related = ("series",)
    readonly_fields = ("slug",)
