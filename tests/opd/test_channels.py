"""Addresses of channels in one form, and whose posting an address shows."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opd.channels import ChannelError, normalise
from opd.models import ChannelKind
from opd.owners import Owner, owner_of, owns
from opd.platforms import KINDS

UC = "UC" + "a1B2" * 5 + "Zz"

FORMS = [
    # text, kind given, → kind, key, handle, url
    ("dinkes.cilegon.go.id", "website", "website", "dinkes.cilegon.go.id", "https://dinkes.cilegon.go.id"),
    ("HTTP://WWW.Dinkes.Cilegon.go.id/", "", "website", "dinkes.cilegon.go.id", "http://www.dinkes.cilegon.go.id"),
    ("https://m.dlh.go.id/index.php?utm_source=ig&fbclid=1#atas", "", "website", "dlh.go.id", "https://m.dlh.go.id"),
    ("rsud.go.id:443/ppid/", "", "website", "rsud.go.id/ppid", "https://rsud.go.id/ppid"),
    ("cilegon.go.id/?page_id=7&utm_a=1", "", "website", "cilegon.go.id?page_id=7", "https://cilegon.go.id?page_id=7"),
    ("@disnakercilegon", "instagram", "instagram", "disnakercilegon", "https://www.instagram.com/disnakercilegon/"),
    ("dinkes.cilegon", "instagram", "instagram", "dinkes.cilegon", "https://www.instagram.com/dinkes.cilegon/"),
    ("https://www.instagram.com/DinKes/?igshid=9", "", "instagram", "dinkes", "https://www.instagram.com/dinkes/"),
    ("instagram.com/dinkes/reels/", "", "instagram", "dinkes", "https://www.instagram.com/dinkes/"),
    ("https://id-id.facebook.com/DinkesCilegon/about", "", "facebook", "dinkescilegon", "https://www.facebook.com/dinkescilegon"),
    ("fb.com/pg/dinkes", "", "facebook", "dinkes", "https://www.facebook.com/dinkes"),
    ("https://m.facebook.com/profile.php?id=1000123&ref=x", "", "facebook", "id:1000123", "https://www.facebook.com/profile.php?id=1000123"),
    ("facebook.com/people/Dinas-X/1000123/", "", "facebook", "id:1000123", "https://www.facebook.com/profile.php?id=1000123"),
    ("https://www.youtube.com/@Dinkes/videos", "", "youtube", "@dinkes", "https://www.youtube.com/@dinkes"),
    (f"youtube.com/channel/{UC}/about", "", "youtube", UC, f"https://www.youtube.com/channel/{UC}"),
    ("youtube.com/user/DinkesTV", "", "youtube", "user/dinkestv", "https://www.youtube.com/user/dinkestv"),
    ("https://twitter.com/Dinkes?s=20", "", "x", "dinkes", "https://x.com/dinkes"),
    ("mobile.twitter.com/dinkes", "x", "x", "dinkes", "https://x.com/dinkes"),
    ("https://www.tiktok.com/@Dinkes?_t=1", "", "tiktok", "dinkes", "https://www.tiktok.com/@dinkes"),
    ("threads.net/@dinkes", "", "threads", "dinkes", "https://www.threads.com/@dinkes"),
    ("@dinkes@mastodon.social", "", "mastodon", "dinkes@mastodon.social", "https://mastodon.social/@dinkes"),
    ("https://sosial.go.id/@Dinkes", "mastodon", "mastodon", "dinkes@sosial.go.id", "https://sosial.go.id/@dinkes"),
    ("https://t.me/dinkes", "", "other", "t.me/dinkes", "https://t.me/dinkes"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "found", "key", "url"), FORMS)
def test_address_has_one_form(text, kind, found, key, url):
    address = normalise(text, kind)
    assert (address.kind, address.key, address.url) == (found, key, url)
    assert address.handle


REFUSED = [
    ("", "website", "kosong"),
    ("https://www.instagram.com/dinkes", "website", "Instagram, bukan situs web"),
    ("https://dinkes.go.id", "instagram", "situs web, bukan Instagram"),
    ("dinkes.cilegon.go.id", "instagram", "situs web, bukan Instagram"),
    ("https://x.com/a", "tiktok", "X, bukan TikTok"),
    ("@dinkes", "", "Pilih jenis kanalnya"),
    ("@dinkes", "website", "bukan alamat situs web"),
    ("@di nkes", "instagram", "bukan nama akun Instagram"),
    ("https://instagram.com/", "", "bukan alamat akun Instagram"),
    ("https://instagram.com/p/Cabc/", "", "bukan alamat akun Instagram"),
    ("https://x.com/dinkes/status/1", "", "bukan alamat akun X"),
    ("https://youtu.be/abc", "", "bukan alamat akun YouTube"),
    ("https://youtube.com/channel/UCpendek", "", "bukan nomor kanal"),
    ("https://tiktok.com/dinkes", "", "bukan alamat akun TikTok"),
    ("https://facebook.com/groups/1", "", "bukan alamat akun Facebook"),
    ("https://bit.ly/abc", "", "tautan pendek"),
    ("ftp://dinkes.go.id", "website", "http:// atau https://"),
    ("javascript:alert(1)", "website", "http:// atau https://"),
    ("https://a:b@dinkes.go.id", "", "nama pengguna"),
    ("https://dinkes.go.id:8080", "", "nomor porta"),
    ("https://dinkes.go.id:99999", "", "tidak dapat dibaca"),
    ("http://127.0.0.1", "", "bukan nama situs"),
    ("http://[::1]/", "", "bukan nama situs"),
    ("http://localhost", "", "bukan nama situs"),
    ("dinkes\x00.go.id", "website", "tidak terlihat"),
    ("dinkes\u202e.go.id", "website", "tidak terlihat"),
    ("https://" + "a" * 300, "", "300 karakter"),
    ("dinkes.go.id", "surat", "tidak dikenal"),
]


@pytest.mark.parametrize(("text", "kind", "reason"), REFUSED)
def test_what_is_no_channel_is_refused_in_plain_words(text, kind, reason):
    with pytest.raises(ChannelError, match=re.escape(reason)):
        normalise(text, kind)


def test_name_of_a_page_is_kept_without_a_key():
    address = normalise("Disperind  Cilegon", "facebook")
    assert (address.kind, address.handle, address.key, address.url) == ("facebook", "Disperind Cilegon", "", "")


def test_kinds_are_those_of_the_model():
    assert list(KINDS) == ChannelKind.values


TEXTS = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"(https?://)?(www\.|m\.)?[a-z0-9.\-]{1,20}\.(id|com|go\.id)(/[\w@.%?=&/\-]{0,30})?", fullmatch=True),
    st.builds(
        "https://{}/{}".format,
        st.sampled_from(["instagram.com", "facebook.com", "youtube.com", "x.com", "tiktok.com", "threads.net"]),
        st.text("abcXYZ019._-@/%?=&", max_size=30),
    ),
)


@given(TEXTS, st.sampled_from(["", *KINDS]))
def test_normalising_twice_changes_nothing_and_nothing_breaks(text, kind):
    try:
        once = normalise(text, kind)
    except ChannelError:
        return
    assert len(once.url) <= 300
    assert len(once.handle) <= 100
    assert len(once.key) <= 300
    if once.url:
        assert normalise(once.url, once.kind) == once


@given(st.text(max_size=60))
def test_owner_of_any_text_is_an_owner_or_unknown(text):
    found = owner_of(text)
    assert found is None or (found.kind in KINDS and found.key)


POSTINGS = [
    ("https://www.instagram.com/p/Cabc/", None),
    ("https://www.instagram.com/reel/Cabc/?igsh=1", None),
    ("https://www.instagram.com/Dinkes/p/Cabc/", Owner("instagram", "dinkes")),
    ("https://twitter.com/Dinkes/status/12?s=20", Owner("x", "dinkes")),
    ("https://x.com/i/web/status/12", None),
    ("https://www.facebook.com/dinkes/posts/pfbid0", Owner("facebook", "dinkes")),
    ("https://m.facebook.com/story.php?story_fbid=1&id=1000123", Owner("facebook", "id:1000123")),
    ("https://www.facebook.com/watch/?v=1", None),
    ("https://fb.watch/abc/", None),
    ("https://youtu.be/abcdefghijk", None),
    ("https://www.youtube.com/watch?v=abcdefghijk", None),
    (f"https://www.youtube.com/channel/{UC}/community?lb=1", Owner("youtube", UC)),
    ("https://www.tiktok.com/@Dinkes/video/7", Owner("tiktok", "dinkes")),
    ("https://vt.tiktok.com/ZS1/", None),
    ("https://www.threads.net/@dinkes/post/Cabc", Owner("threads", "dinkes")),
    ("https://sosial.go.id/@dinkes/112233445566778899", Owner("mastodon", "dinkes@sosial.go.id")),
    ("https://WWW.dinkes.go.id/berita/1?utm_source=x", Owner("website", "dinkes.go.id/berita/1")),
    ("bukan tautan", None),
    ("", None),
]


@pytest.mark.parametrize(("url", "owner"), POSTINGS)
def test_owner_is_told_where_the_address_tells_it(url, owner):
    assert owner_of(url) == owner


@pytest.mark.parametrize(
    ("kind", "channel", "posting", "own"),
    [
        ("website", "https://www.dinkes.go.id", "http://dinkes.go.id/berita/1", True),
        ("website", "dinkes.go.id", "https://dinkes.go.id/?p=7", True),
        ("website", "cilegon.go.id/dinkes", "https://cilegon.go.id/dinkes/berita", True),
        ("website", "cilegon.go.id/dinkes", "https://cilegon.go.id/dinkes-lain/berita", False),
        ("website", "dinkes.go.id", "https://dinkes.go.id.contoh.com/berita", False),
        ("website", "dinkes.go.id", "https://palsu-dinkes.go.id/berita", False),
        ("x", "@dinkes", "https://x.com/Dinkes/status/1", True),
        ("x", "@dinkes", "https://x.com/dinkes2/status/1", False),
        ("instagram", "@dinkes", "https://x.com/dinkes/status/1", False),
    ],
)
def test_posting_belongs_to_a_channel_or_not(kind, channel, posting, own):
    assert owns(kind, normalise(channel, kind).key, owner_of(posting)) is own
