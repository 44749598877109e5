"""What keeps a text from going out: numbers, addresses and names of people, the requester's before all."""

import pytest

from requests_info.identity_words import Person, identity_in

PERSON = Person(
    name="Siti Rahmawati binti Hasan",
    address="Jalan Melati 12, RT 03 RW 04, Kota Cilegon",
    identity_number="3672011234567890",
    email="siti@contoh.id",
    phone="0812-3456-7890",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NIK 3672019999999999 terdaftar", "nomor identitas"),
        ("NIK 3672 0199 9999 9999", "nomor identitas"),
        ("NPWP 01.234.567.8-901.234", "nomor identitas"),
        ("Tulis ke lain.orang@surel.example.com ya", "alamat surel"),
        ("Hubungi 0813 1111 2222", "nomor telepon"),
        ("Hubungi +62 813-1111-2222", "nomor telepon"),
        ("Hubungi (0254) 123 4567", "nomor telepon"),
        ("Kepada SITI RAHMAWATI BINTI HASAN", "nama pemohon"),
        ("siti   rahmawati, binti hasan meminta", "nama pemohon"),
        ("Ibu Rahmawati meminta", "nama pemohon: Rahmawati"),
        ("bagi warga di jalan  melati 12", "alamat pemohon"),
        ("dengan SITI@CONTOH.ID", "surel pemohon"),
        ("telepon 081234567890", "telepon pemohon"),
    ],
)
def test_what_names_somebody_is_found(text, found):
    assert any(words.startswith(found) for words in identity_in(text, PERSON)), identity_in(text, PERSON)


@pytest.mark.parametrize(
    "text",
    [
        "Anggaran tahun 2026 sebesar Rp1.500.000.000.000 menurut Perda 3/2025.",
        "Surat 488/001/PPID/2026 tanggal 24 November 2026, nomor 045.2/123/2026.",
        "Posyandu di Kota Cilegon buka pukul 08.00 sampai 11.00.",
        "Menurut Pasal 17 huruf h UU 14/2008, dalam 10 + 7 hari kerja.",
        "Kota Cilegon mempunyai 43 kelurahan; kodenya 36.72.01.1001 sampai 36.72.08.1005.",
        "Tautan: https://cilegon.go.id/berkas/2026/rencana-kerja.pdf",
    ],
)
def test_plain_information_is_let_through(text):
    assert identity_in(text, PERSON) == []


def test_nobody_known_and_nothing_said_is_nothing_found():
    assert identity_in("", Person()) == []
    assert identity_in("Rencana kerja", Person()) == []


def test_each_thing_is_said_once():
    assert len(identity_in("a@b.id a@b.id", Person())) == 1
