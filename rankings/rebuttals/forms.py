"""What a unit writes when it objects, and what Diskominfo writes when it decides."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cilegon_kip.common.jakarta import last_of_month
from opd.models import Unit
from publications.forms import DayInput, one_line
from publications.models import Publication
from publications.permalinks import MAX_LENGTH as LINK_LENGTH
from rankings.models import Evidence, Ranking

from .deciding import ITEM_ANSWER_LENGTH, Decision
from .making import TITLE_LENGTH, ClaimedGap, ClaimedLink, channels_of, contestable, find_link
from .models import ANSWER_LENGTH, REASON_LENGTH, Rebuttal

LINKS = 5


class LinkForm(forms.Form):
    """One posting that should have counted; an empty row is passed over."""

    unit: Unit
    ranking: Ranking

    url = forms.CharField(
        label=gettext_lazy("Tautan unggahan"),
        required=False,
        max_length=LINK_LENGTH,
        widget=forms.URLInput(attrs={"class": "vTextField", "inputmode": "url"}),
    )
    day = forms.DateField(label=gettext_lazy("Tanggal terbit"), required=False, widget=DayInput())
    title = forms.CharField(
        label=gettext_lazy("Judul atau isi singkat"),
        required=False,
        max_length=TITLE_LENGTH,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args: Any, unit: Unit, ranking: Ranking, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.ranking = unit, ranking
        bounds = {"min": ranking.month.isoformat(), "max": last_of_month(ranking.month).isoformat()}
        self.fields["day"].widget.attrs.update(bounds)
        self.use_required_attribute = False

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url and (problem := find_link(url=url, unit=self.unit, ranking=self.ranking).problem):
            raise forms.ValidationError(problem)
        return url

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and not self.ranking.month <= day <= last_of_month(self.ranking.month):
            month = date_format(self.ranking.month, "F Y")
            raise forms.ValidationError(_("Hanya unggahan pada %(month)s yang dapat dihitung.") % {"month": month})
        return day

    def clean_title(self) -> str:
        title = one_line(self.cleaned_data["title"])
        if self.cleaned_data["title"] and not any(letter.isalnum() for letter in title):
            raise forms.ValidationError(_("Tulis judul dengan huruf."))
        return title

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        missing = {
            "url": _("Tempelkan tautannya."),
            "day": _("Sebutkan tanggal terbitnya."),
            "title": _("Tulis judulnya."),
        }
        if any(cleaned.get(name) for name in missing):
            for name, words in missing.items():
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return cleaned

    @property
    def is_used(self) -> bool:
        return self.has_changed()


LinkFormSet = forms.formset_factory(LinkForm, extra=LINKS, max_num=LINKS, absolute_max=LINKS, validate_max=True)


class EvidenceChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Publications of the unit that did not count, each with the rule."""

    def __init__(self, rows: list[Evidence]) -> None:
        self.rows = {row.publication_id: row for row in rows}
        not_here = _("Publikasi ini tidak dapat disanggah di sini.")
        super().__init__(
            Publication.objects.filter(pk__in=self.rows).defer("search").order_by("counted_on", "pk"),
            label=_("Publikasi yang menurut Anda seharusnya dihitung"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": not_here, "invalid_pk_value": not_here},
        )

    def label_from_instance(self, publication: Any) -> str:
        row = self.rows[publication.pk]
        return f"{publication} ({date_format(row.counted_on, 'j F Y')}): {row.get_rule_display()}"


class RebuttalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Apa yang keliru, dan mengapa"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Dibaca publik di halaman unit Anda. Jangan menulis nama atau nomor orang."),
        error_messages={"required": gettext_lazy("Tuliskan alasan sanggahan.")},
    )

    def __init__(self, *args: Any, unit: Unit, ranking: Ranking, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.unit, self.ranking = unit, ranking
        if rows := contestable(ranking, unit):
            self.fields["left_out"] = EvidenceChoice(rows)
        if channels := channels_of(unit, ranking):
            self._add_gap(channels)
        data = args[0] if args else None
        of_row = {"unit": unit, "ranking": ranking}
        self.links = LinkFormSet(data, prefix="link", form_kwargs=of_row)

    def _add_gap(self, channels: Any) -> None:
        bounds = {"min": self.ranking.month.isoformat(), "max": last_of_month(self.ranking.month).isoformat()}
        self.fields["channel"] = forms.ModelChoiceField(
            channels,
            label=_("Kanal yang tidak terbaca portal"),
            required=False,
            empty_label=_("Tidak ada"),
            help_text=_("Bila akun atau situs Anda terkunci, mati, atau diblokir pada hari-hari tertentu."),
            error_messages={"invalid_choice": _("Kanal ini bukan kanal unit Anda.")},
        )
        for name, label in (("first", _("Sejak")), ("last", _("Sampai"))):
            self.fields[name] = forms.DateField(label=label, required=False, widget=DayInput(bounds))

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.links.is_valid()]) and self._has_evidence()

    def _has_evidence(self) -> bool:
        if self.claimed_links() or self.cleaned_data.get("left_out") or self.gaps():
            return True
        self.add_error(None, _("Sertakan sedikitnya satu bukti: tautan, publikasi yang tidak dihitung, atau kanal."))
        return False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = [cleaned.get(name) for name in ("channel", "first", "last")]
        if any(given) and not all(given):
            self.add_error("channel", _("Sebutkan kanal serta hari pertama dan terakhirnya."))
        elif all(given) and not self.ranking.month <= given[1] <= given[2] <= last_of_month(self.ranking.month):  # type: ignore[operator]
            self.add_error("first", _("Hari-harinya harus berurutan dan di dalam bulan ini."))
        return cleaned

    def claimed_links(self) -> list[ClaimedLink]:
        rows = (form.cleaned_data for form in self.links.forms if form.is_valid())
        return [ClaimedLink(row["url"], row["day"], row["title"]) for row in rows if row.get("url")]

    def gaps(self) -> list[ClaimedGap]:
        data = self.cleaned_data
        return [ClaimedGap(data["channel"], data["first"], data["last"])] if data.get("channel") else []


class DecisionForm(forms.Form):
    """A verdict with its reason for each item, and one for the whole."""

    answer = forms.CharField(
        label=gettext_lazy("Pertimbangan putusan"),
        max_length=ANSWER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Dibaca unit dan publik. Jangan menulis nama orang."),
        error_messages={"required": gettext_lazy("Tuliskan pertimbangannya.")},
    )

    def __init__(self, *args: Any, rebuttal: Rebuttal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.items = list(rebuttal.items.all())
        for item in self.items:
            self.fields[f"verdict_{item.pk}"] = forms.ChoiceField(
                label=_("Putusan"),
                choices=[("accepted", _("Terima")), ("rejected", _("Tolak"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Pilih terima atau tolak.")},
            )
            self.fields[f"answer_{item.pk}"] = forms.CharField(
                label=_("Alasan"),
                max_length=ITEM_ANSWER_LENGTH,
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages={"required": _("Tuliskan alasannya.")},
            )
        self.order_fields([name for name in self.fields if name != "answer"])

    def rows(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        return [(item, self[f"verdict_{item.pk}"], self[f"answer_{item.pk}"]) for item in self.items]

    def decisions(self) -> dict[int, Decision]:
        data = self.cleaned_data
        return {
            item.pk: Decision(data[f"verdict_{item.pk}"] == "accepted", data[f"answer_{item.pk}"])
            for item in self.items
        }
