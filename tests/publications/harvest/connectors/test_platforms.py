"""YouTube, Mastodon and Instagram from recordings of our own in the documented form."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from publications.harvest.connectors import youtube
from publications.harvest.connectors.instagram import InstagramConnector
from publications.harvest.connectors.mastodon import MastodonConnector
from publications.harvest.connectors.youtube import YouTubeConnector
from publications.harvest.items import HarvestError
from tests.publications.harvest.recording import Recording, target
from tests.publications.harvest.samples import NOW, WIB

SINCE = datetime(2026, 11, 20, tzinfo=UTC)
CHANNEL = "UC" + "a" * 22
VIDEO = "dQw4w9WgXcQ"
YOUTUBE_FEED = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
YOUTUBE_ATOM = f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns="http://www.w3.org/2005/Atom">
 <link rel="self" href="http://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"/>
 <id>yt:channel:{CHANNEL[2:]}</id><yt:channelId>{CHANNEL[2:]}</yt:channelId><title>Dinas Contoh</title>
 <published>2019-01-02T03:04:05+00:00</published>
 <entry>
  <id>yt:video:{VIDEO}</id><yt:videoId>{VIDEO}</yt:videoId><yt:channelId>{CHANNEL}</yt:channelId>
  <title>Apel &amp; rapat</title>
  <link rel="alternate" href="https://www.youtube.com/watch?v={VIDEO}"/>
  <author><name>Dinas Contoh</name><uri>https://www.youtube.com/channel/{CHANNEL}</uri></author>
  <published>2026-10-31T17:30:00+00:00</published><updated>2026-11-23T08:00:00+00:00</updated>
  <media:group><media:title>Bukan ini</media:title>
   <media:content url="https://www.youtube.com/v/{VIDEO}?version=3" type="application/x-shockwave-flash"/>
   <media:thumbnail url="https://i1.ytimg.com/vi/x/hqdefault.jpg" width="480" height="360"/>
   <media:description>Isi video</media:description>
   <media:community><media:starRating count="1" average="5.00"/><media:statistics views="7"/></media:community>
  </media:group>
 </entry>
</feed>"""


def kind_of(call, *arguments) -> str:
    with pytest.raises(HarvestError) as error:
        call(*arguments)
    return error.value.kind


# --- YouTube ------------------------------------------------------------------------------------------------------


def test_youtube_videos_of_the_public_feed():
    connector, http = YouTubeConnector(), Recording({YOUTUBE_FEED: YOUTUBE_ATOM})
    probe = connector.probe(target("https://www.youtube.com/@dinas", external_id=CHANNEL), http, NOW)
    assert (probe.kind, probe.endpoint, probe.external_id) == ("youtube", YOUTUBE_FEED, CHANNEL)
    (item,) = connector.fetch(target(probe.endpoint), {}, None, http, NOW).items
    assert (item.source_id, item.permalink) == (f"yt:video:{VIDEO}", f"https://www.youtube.com/watch?v={VIDEO}")
    assert (item.title, item.text, item.media) == ("Apel & rapat", "Isi video", "video")
    assert (item.claimed_at, item.date_basis) == (datetime(2026, 10, 31, 17, 30, tzinfo=UTC), "offset")


def test_youtube_without_its_number_asks_for_it():
    assert (
        kind_of(YouTubeConnector().probe, target("https://www.youtube.com/@dinas"), Recording({}), NOW) == "not_a_feed"
    )


def test_a_healthy_channel_that_answers_404_is_told_with_its_status():
    """The feed does that for days; the schedule takes it as a soft error."""
    with pytest.raises(HarvestError) as error:
        YouTubeConnector().fetch(target(YOUTUBE_FEED), {}, None, Recording({}), NOW)
    assert (error.value.kind, error.value.status) == ("http_4xx", 404)


def test_youtubes_oembed_says_whether_a_video_is_there():
    for status, told in ((200, "yes"), (404, "no"), (400, "no"), (401, "unknown"), (403, "unknown"), (500, "unknown")):
        http = Recording({"https://www.youtube.com/oembed": (status, "{}", {})})
        assert YouTubeConnector().exists(f"https://www.youtube.com/watch?v={VIDEO}", http) == told


def test_youtubes_data_api_gives_pages_and_reasons():
    row = {"contentDetails": {"videoId": VIDEO, "videoPublishedAt": "2026-10-31T17:30:00Z"}, "snippet": {"title": "A"}}
    removed = {"contentDetails": {"videoId": ""}, "snippet": {"title": "Deleted video"}}
    items, following = youtube.parse_playlist(
        json.dumps({"items": [row, removed, None], "nextPageToken": "CDIQAA"}).encode(), WIB, NOW
    )
    assert ([item.source_id for item in items], following) == ([f"yt:video:{VIDEO}"], "CDIQAA")
    for reason, kind in (("quotaExceeded", "quota"), ("keyInvalid", "auth"), ("playlistNotFound", "not_a_feed")):
        body = json.dumps({"error": {"code": 403, "errors": [{"reason": reason}]}}).encode()
        assert kind_of(youtube.parse_playlist, body, WIB, NOW) == kind


# --- Mastodon -----------------------------------------------------------------------------------------------------

MASTODON = "https://mastodon.example.id"


def status(number: int, **changes) -> dict:
    return {
        "id": str(number), "uri": f"{MASTODON}/users/dinas/statuses/{number}", "url": f"{MASTODON}/@dinas/{number}",
        "created_at": f"2026-11-{number:02}T01:00:00.000Z", "edited_at": None, "reblog": None,
        "content": "<p>Apel pagi<br>di <a href='x'>balai</a></p>", "media_attachments": [{"type": "gifv"}], **changes,
    }  # fmt: skip


def test_mastodon_is_read_back_to_the_last_visit_without_what_was_passed_on():
    lookup, statuses = f"{MASTODON}/api/v1/accounts/lookup?acct=dinas", f"{MASTODON}/api/v1/accounts/99/statuses"
    answers = {
        lookup: {"id": "99", "display_name": "Dinas"},
        statuses: [status(24), status(23, reblog={"id": "1"}), status(22)],
    }
    http, connector = Recording(answers), MastodonConnector()
    probe = connector.probe(target(f"{MASTODON}/@dinas", handle="@dinas@mastodon.example.id"), http, NOW)
    assert (probe.external_id, probe.title, len(probe.items)) == ("99", "Dinas", 2)
    account = target(f"{MASTODON}/@dinas", external_id="99")
    page = connector.fetch(account, {}, SINCE, http, NOW)
    assert (page.is_complete, page.cursor) == (False, {"max_id": "22"})
    item = page.items[0]
    assert (item.permalink, item.title, item.media) == (f"{MASTODON}/@dinas/24", "Apel pagi di balai", "video")
    http.answers[f"{statuses}?limit=40&exclude_replies=true&exclude_reblogs=true&max_id=22"] = [status(19)]
    assert connector.fetch(account, page.cursor, SINCE, http, NOW).is_complete
    http.answers[statuses] = {"error": "not found"}
    assert kind_of(connector.fetch, account, {}, None, http, NOW) == "not_a_feed"


# --- Instagram ----------------------------------------------------------------------------------------------------

GRAPH = "https://graph.facebook.com/"
ACCOUNT = target("https://www.instagram.com/dinas.contoh/", handle="@dinas.contoh")


def media(number: int, day: int, **changes) -> dict:
    return {
        "id": f"178{number}", "permalink": f"https://www.instagram.com/p/C{number}/", "media_type": "CAROUSEL_ALBUM",
        "timestamp": f"2026-11-{day:02}T01:00:00+0000", "caption": "Apel pagi\n#cilegon " + "a" * 500, **changes,
    }  # fmt: skip


def answer(*posts: dict, after: str = "") -> dict:
    found = {"data": list(posts), "paging": {"cursors": {"after": after}} if after else {}}
    return {"business_discovery": {"media_count": 120, "media": found, "id": "17841"}, "id": "1784"}


def connector() -> InstagramConnector:
    return InstagramConnector("17840001", "rahasia")


def test_instagram_is_read_by_pages_back_to_the_last_visit():
    http = Recording({GRAPH: answer(media(1, 24), media(2, 23, media_type="VIDEO"), after="QVF%/+A")})
    page = connector().fetch(ACCOUNT, {}, SINCE, http, NOW)
    assert (page.is_complete, page.cursor) == (False, {"after": "QVF%/+A"})
    first, second = page.items
    assert (first.source_id, first.permalink) == ("1781", "https://www.instagram.com/p/C1/")
    assert (first.title, first.media, second.media, first.date_basis) == ("Apel pagi", "image", "video", "offset")
    assert first.claimed_at == datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert len(first.text) <= 300
    http.answers[GRAPH] = answer(media(3, 19), after="x")
    last = connector().fetch(ACCOUNT, page.cursor, SINCE, http, NOW)
    assert (last.is_complete, last.cursor) == (True, {})
    assert ".after(" in http.urls[1]


def test_the_token_stands_in_no_address_and_in_no_error():
    http = Recording({GRAPH: (400, {"error": {"code": 190, "message": "token rahasia expired"}}, {})})
    with pytest.raises(HarvestError) as error:
        connector().fetch(ACCOUNT, {}, None, http, NOW)
    assert error.value.kind == "auth"
    assert "rahasia" not in http.urls[0] + str(error.value)
    assert http.asked[0][1] == {"Authorization": "Bearer rahasia"}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": {"code": 190}}, "auth"),
        (403, {"error": {"code": 4, "message": "Application request limit reached"}}, "quota"),
        (400, {"error": {"code": 110, "error_subcode": 2207013}}, "http_4xx"),
        (500, {"error": {"code": 2}}, "http_5xx"),
        (400, {"error": {}}, "http_5xx"),
        (200, {"id": "1"}, "not_a_feed"),
        (200, "<html>", "not_a_feed"),
        (502, "", "http_5xx"),
    ],
)
def test_instagrams_refusals_have_their_class(status, body, kind):
    assert kind_of(connector().fetch, ACCOUNT, {}, None, Recording({GRAPH: (status, body, {})}), NOW) == kind


def test_near_the_limit_instagram_is_left_alone_for_an_hour():
    for share, wait in ((84, None), (85, NOW + timedelta(hours=1))):
        headers = {"x-app-usage": json.dumps({"call_count": share, "total_time": 3, "total_cputime": 1})}
        http = Recording({GRAPH: (200, answer(media(1, 24)), headers)})
        assert connector().fetch(ACCOUNT, {}, None, http, NOW).retry_at == wait
    for nonsense in ("rusak", "[]", '{"call_count": "x"}'):
        http = Recording({GRAPH: (200, answer(), {"x-app-usage": nonsense})})
        assert connector().fetch(ACCOUNT, {}, None, http, NOW).retry_at is None


def test_without_token_or_with_a_strange_handle_instagram_is_not_asked():
    http = Recording({GRAPH: answer()})
    assert kind_of(InstagramConnector("", "").fetch, ACCOUNT, {}, None, http, NOW) == "auth"
    strange = target("https://www.instagram.com/", handle="a){id},b")
    assert kind_of(connector().fetch, strange, {}, None, http, NOW) == "not_a_feed"
    assert http.asked == []


def test_an_account_without_posts_is_an_account():
    http = Recording({GRAPH: {"business_discovery": {"id": "1"}}})
    assert connector().fetch(ACCOUNT, {}, None, http, NOW).items == ()
    assert connector().exists("https://www.instagram.com/p/C1/", http) == "unknown"
