import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publications.permalinks import MAX_LENGTH, PermalinkError, canonical_key

REAL_FILE = Path(__file__).parents[2] / "publications" / "data" / "press-coverage.csv"
VIDEO = "dQw4w9WgXcQ"

SAME = [
    ("https://www.Dinkes.cilegon.go.id:443/Berita/1/#atas", "dinkes.cilegon.go.id/Berita/1"),
    ("http://dinkes.cilegon.go.id", "dinkes.cilegon.go.id"),
    ("https://m.antaranews.com/amp/video/1555452/igd-rsud", "antaranews.com/video/1555452/igd-rsud"),
    ("https://amp.kompas.com/a", "kompas.com/a"),
    ("https://lingkar.co/jalur-cincin-api-pasifik/amp", "lingkar.co/jalur-cincin-api-pasifik"),
    ("https://lingkar.co/jalur-cincin-api-pasifik/amp/", "lingkar.co/jalur-cincin-api-pasifik"),
    ("https://a.id/b/?amp=1", "a.id/b"),
    ("https://a.id/b?amp", "a.id/b"),
    ("https://a.id/b?page=all", "a.id/b"),
    ("https://a.id/b.html?m=0", "a.id/b.html"),
    ("https://a.id/b.html?m=1", "a.id/b.html"),
    ("https://a.id/b.html?m=202301", "a.id/b.html?m=202301"),
    ("https://a.id/satu-dua-tiga-empat?halaman=2", "a.id/satu-dua-tiga-empat"),
    ("https://a.id/satu-dua-tiga-empat/2", "a.id/satu-dua-tiga-empat"),
    ("https://a.id/amp/357208/satu-dua-tiga-empat/all", "a.id/357208/satu-dua-tiga-empat"),
    ("https://a.id/berita/248", "a.id/berita/248"),
    ("https://a.id/berita/2", "a.id/berita/2"),
    ("https://a.id/berita?page=2", "a.id/berita?page=2"),
    ("https://a.id/?p=123", "a.id?p=123"),
    ("https://a.id/index.php?p=123&utm_source=x&mtm_c=1", "a.id/index.php?p=123"),
    ("https://a.id/x?b=2&a=1&fbclid=z&gclid=z&igsh=z&igshid=z&si=z&s=z&feature=z&ref=z&hl=ar", "a.id/x?a=1&b=2"),
    ("https://a.id/x?dclid=z&msclkid=z&mibextid=z&_rdr&mtm_source=z&UTM_Source=z", "a.id/x"),
    (f"https://youtu.be/{VIDEO}?si=abc", f"youtube.com/watch?v={VIDEO}"),
    (f"https://www.youtube.com/shorts/{VIDEO}", f"youtube.com/watch?v={VIDEO}"),
    (f"https://youtube.com/live/{VIDEO}?feature=share", f"youtube.com/watch?v={VIDEO}"),
    (f"https://m.youtube.com/watch?t=10s&v={VIDEO}&list=PL1", f"youtube.com/watch?v={VIDEO}"),
    ("https://www.instagram.com/p/Cn_a-1/?igshid=1", "instagram.com/p/Cn_a-1"),
    ("https://instagram.com/reel/Cn_a-1/", "instagram.com/p/Cn_a-1"),
    ("https://www.instagram.com/kelurahanpabean/reel/Cn_a-1/?hl=id", "instagram.com/p/Cn_a-1"),
    ("https://twitter.com/dinkes/status/161234?s=20", "x.com/i/status/161234"),
    ("https://x.com/dinkes/status/161234/photo/1", "x.com/i/status/161234"),
    ("https://mobile.twitter.com/i/web/status/161234", "x.com/i/status/161234"),
    ("https://www.tiktok.com/@dinkes.cilegon/video/7190?lang=id", "tiktok.com/@/video/7190"),
    ("https://www.threads.net/@dinkes/post/Cx1", "threads.com/@/post/Cx1"),
    ("https://web.facebook.com/dinkes/posts/12?ref=share", "facebook.com/dinkes/posts/12"),
]
REFUSED = [
    "",
    "dinkes.cilegon.go.id",
    "ftp://a.id/x",
    "javascript:alert(1)",
    "https://",
    "https:///x",
    "https://nama:sandi@a.id/x",
    "https://nama@a.id/x",
    "https://a.id/dua kata",
    "https://a.id/\x00",
    "https://a.id/\u202etxt",
    "https://localhost/x",
    "https://10.0.0.1/x",
    "https://[::1]/x",
    "https://a.id:99999/x",
    "https://a.id:abc/x",
    "https://a..id/x",
    "https://a.id/" + "x" * MAX_LENGTH,
    "https://a.id/" + "é" * 300,
]


@pytest.mark.parametrize(("url", "key"), SAME)
def test_addresses_of_one_posting_have_one_key(url, key):
    assert canonical_key(url) == key


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_no_address_is_refused_with_a_sentence(url):
    with pytest.raises(PermalinkError) as error:
        canonical_key(url)
    assert str(error.value).startswith("Tautan ")
    assert isinstance(error.value, ValueError)


def test_letter_case_of_path_and_video_matters():
    assert canonical_key("https://youtu.be/dQw4w9WgXcQ") != canonical_key("https://youtu.be/dqw4w9WgXcQ")


def test_second_key_of_a_key_is_the_key():
    for _url, key in SAME:
        assert canonical_key("https://" + key) == key


segments = st.one_of(
    st.text(max_size=12), st.sampled_from(["amp", "2", "all", "satu-dua-tiga-empat", "p", "reel", "%2F"])
)
queries = st.dictionaries(
    st.one_of(st.text(max_size=6), st.sampled_from(["p", "page", "halaman", "m", "amp", "utm_x", "v", "s"])),
    st.one_of(st.text(max_size=6), st.sampled_from(["1", "2", "all"])),
    max_size=4,
)
hosts = st.sampled_from(["a.id", "www.a.id", "m.www.a.id", "youtube.com", "youtu.be", "instagram.com", "www.x.com"])


@given(hosts, st.lists(segments, max_size=5), queries)
@example("a.id", ["%2e%2e", "%"], {"+": "%"})
def test_key_is_stable_short_and_never_an_accident(host, path, query):
    from urllib.parse import urlencode

    url = f"https://{host}/{'/'.join(path)}?{urlencode(query, errors='replace')}"
    try:
        key = canonical_key(url)
    except PermalinkError:
        return
    assert len(key) <= MAX_LENGTH
    assert canonical_key(f"https://{key}") == key
    assert canonical_key(f"http://www.{key}") == key


@given(st.text(max_size=700))
def test_any_text_gives_a_key_or_a_permalink_error(text):
    try:
        key = canonical_key(text)
    except PermalinkError:
        return
    assert 0 < len(key) <= MAX_LENGTH


def test_real_addresses_lose_only_how_they_were_copied():
    with REAL_FILE.open(encoding="utf-8", newline="") as file:
        keys = Counter(canonical_key(row["permalink"]) for row in csv.DictReader(file))
    assert len(keys) == 131
    assert "faktabanten.co.id/cilegon/mulai-tahun-depan-program-rutilahu-dipegang-dinas-perkim-cilegon" in keys
    assert "banpos.co/2019/10/12/pemkot-cilegon-serius-implementasi-smart-city" in keys
    assert "kotabajanews.com/2026/01/musrenbangkel-ketileng-2026-fokuskan.html" in keys
    assert "bantenraya.com?p=7388499" in keys
    assert not [key for key in keys if "/amp" in key or "halaman=" in key or "page=" in key or "?m=" in key]
