"""Facebook, X, TikTok, Threads and YouTube's Data API from recordings of our own in the documented form.

All of them are off until the city has its own permission; none of them is ever asked without it.
"""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from publications.harvest.connectors.facebook import FacebookConnector
from publications.harvest.connectors.threads import ThreadsConnector
from publications.harvest.connectors.tiktok import LIST, RENEW, TikTokConnector, renewed
from publications.harvest.connectors.x import XConnector
from publications.harvest.connectors.youtube import YouTubeConnector
from publications.harvest.items import HarvestError
from tests.publications.harvest.connectors.test_platforms import CHANNEL, VIDEO, YOUTUBE_ATOM, YOUTUBE_FEED, kind_of
from tests.publications.harvest.recording import Recording, target
from tests.publications.harvest.samples import NOW

SINCE = datetime(2026, 11, 20, tzinfo=UTC)


class Purse:
    """A budget that remembers; `limit` in US$."""

    def __init__(self, limit: str = "1") -> None:
        self.left, self.calls = Decimal(limit), 0

    def spend(self, calls: int = 1, cost: Decimal = Decimal(0)) -> None:
        if cost > self.left:
            raise HarvestError("budget", "habis")
        self.left, self.calls = self.left - cost, self.calls + calls

    def give_back(self, cost: Decimal) -> None:
        self.left += cost


class Token:
    def access(self, http) -> str:
        return "rahasia"


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


# --- Facebook -----------------------------------------------------------------------------------------------------

GRAPH = "https://graph.facebook.com/v25.0/dinas.contoh/published_posts"
PAGE = target("https://www.facebook.com/dinas.contoh", handle="dinas.contoh")


def post(number: int, day: int, **changes) -> dict:
    return {
        "id": f"1000_{number}", "permalink_url": f"https://www.facebook.com/1000/posts/{number}",
        "created_time": f"2026-11-{day:02}T01:00:00+0000", "message": "Apel pagi\n" + "a" * 500,
        "status_type": "added_photos", **changes,
    }  # fmt: skip


def test_facebook_is_read_by_pages_and_what_was_passed_on_is_left_out():
    first = {"data": [post(3, 24), post(2, 23, status_type="shared_story")], "paging": {"cursors": {"after": "Q+1"}}}
    purse, http = Purse(), Recording({GRAPH: first})
    connector = FacebookConnector("rahasia", purse)
    page = connector.fetch(PAGE, {}, SINCE, http, NOW)
    (item,) = page.items
    assert (item.source_id, item.title, item.media, item.date_basis) == ("1000_3", "Apel pagi", "image", "offset")
    assert (item.claimed_at, len(item.text)) == (datetime(2026, 11, 24, 1, tzinfo=UTC), 300)
    assert (page.is_complete, page.cursor) == (False, {"after": "Q+1"})
    http.answers[GRAPH] = {"data": []}
    assert connector.fetch(PAGE, page.cursor, SINCE, http, NOW).is_complete
    assert query_of(http.urls[1]) == {**query_of(http.urls[0]), "after": "Q+1"}
    assert query_of(http.urls[0])["since"] == str(int(SINCE.timestamp()))
    assert purse.calls == 2


@pytest.mark.parametrize("make", [FacebookConnector, ThreadsConnector])
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": {"code": 190, "error_subcode": 463}}, "auth"),
        (400, {"error": {"code": 10}}, "auth"),
        (429, {"error": {"code": 80001}}, "quota"),
        (400, {"error": {"code": 803}}, "http_4xx"),
        (500, {"error": {"code": 1}}, "http_5xx"),
        (200, {"paging": {}}, "not_a_feed"),
        (200, "<html>", "not_a_feed"),
    ],
)
def test_metas_refusals_have_their_class_and_show_no_token(make, status, body, kind):
    http = Recording({"https://graph.": (status, body, {})})
    with pytest.raises(HarvestError) as error:
        make("rahasia").fetch(PAGE, {}, None, http, NOW)
    assert error.value.kind == kind
    assert "rahasia" not in http.urls[0] + str(error.value)
    assert http.asked[0][1] == {"Authorization": "Bearer rahasia"}


@pytest.mark.parametrize(
    ("connector", "channel"),
    [
        (FacebookConnector(""), PAGE), (ThreadsConnector(""), target("", handle="dinas")),
        (XConnector(""), target("", handle="dinas", external_id="1")),
    ],
)  # fmt: skip
def test_without_a_token_nobody_is_asked(connector, channel):
    http = Recording({"https://": {}})
    assert kind_of(connector.fetch, channel, {}, None, http, NOW) == "auth"
    assert http.asked == []
    assert connector.exists("https://x.com/dinas/status/1", http) == "unknown"


@pytest.mark.parametrize("make", [FacebookConnector, ThreadsConnector, XConnector])
@pytest.mark.parametrize("handle", ["a/b", "a?b", "", "a b", "a" * 90])
def test_a_strange_name_goes_into_no_address(make, handle):
    http = Recording({"https://": {"data": []}})
    strange = target("", handle=handle, external_id=handle)
    assert kind_of(make("rahasia").fetch, strange, {}, None, http, NOW) == "not_a_feed"
    assert http.asked == []


# --- Threads ------------------------------------------------------------------------------------------------------


def test_threads_is_read_back_to_the_last_visit():
    address = "https://graph.threads.net/v1.0/profile_posts"
    told = [
        {"id": "1", "permalink": "https://www.threads.net/@dinas/post/C1", "timestamp": "2026-11-24T01:00:00+0000",
         "text": "Apel pagi", "media_type": "IMAGE"},
        {"id": "2", "permalink": "https://www.threads.net/@dinas/post/C2", "timestamp": "2026-11-23T01:00:00+0000",
         "media_type": "REPOST_FACADE"},
    ]  # fmt: skip
    http = Recording({address: {"data": told, "paging": {"cursors": {"before": "a", "after": "b"}}}})
    connector, account = ThreadsConnector("rahasia"), target("https://www.threads.net/@dinas", handle="@Dinas")
    page = connector.fetch(account, {}, SINCE, http, NOW)
    assert [(item.source_id, item.title, item.media) for item in page.items] == [("1", "Apel pagi", "image")]
    assert (page.is_complete, page.cursor, query_of(http.urls[0])["username"]) == (False, {"after": "b"}, "dinas")
    http.answers[address] = {"data": [{**told[0], "timestamp": "2026-11-19T01:00:00+0000"}],
                             "paging": {"cursors": {"after": "c"}}}  # fmt: skip
    assert connector.fetch(account, page.cursor, SINCE, http, NOW).is_complete
    assert connector.probe(account, http, NOW).kind == "threads"


# --- X ------------------------------------------------------------------------------------------------------------

API, X_ACCOUNT = "https://api.x.com/2", target("https://x.com/dinas", handle="@dinas", external_id="99")
TWEETS = f"{API}/users/99/tweets"


def tweets(*numbers: int, after: str = "") -> dict:
    rows = [
        {"id": str(number), "text": "Apel", "created_at": f"2026-11-{number:02}T01:00:00.000Z"} for number in numbers
    ]
    return {"data": rows, "meta": {"result_count": len(rows), "newest_id": str(max(numbers)), "next_token": after}}


def test_x_keeps_number_time_and_link_and_costs_what_it_gave():
    purse, http = Purse(), Recording({f"{API}/users/by/username/dinas": {"data": {"id": "99", "name": "Dinas"}},
                                      TWEETS: tweets(24, 23)})  # fmt: skip
    connector = XConnector("rahasia", purse)
    probe = connector.probe(target("https://x.com/dinas", handle="@dinas"), http, NOW)
    assert (probe.external_id, probe.title, len(probe.items)) == ("99", "Dinas", 2)
    item = probe.items[0]
    assert (item.permalink, item.text) == ("https://x.com/dinas/status/24", "")
    assert item.title == "Kiriman di X, 24-11-2026 08.00"
    assert purse.left == Decimal("1") - Decimal("0.010") - 2 * Decimal("0.005")


def test_x_is_read_from_the_last_post_that_is_known_over_all_pages():
    http, connector = Recording({TWEETS: tweets(24, 23, after="n1")}), XConnector("rahasia", Purse())
    page = connector.fetch(X_ACCOUNT, {"since_id": "20"}, SINCE, http, NOW)
    assert (page.is_complete, page.cursor) == (False, {"since_id": "20", "token": "n1", "newest": "24"})
    http.answers[TWEETS] = tweets(22)
    page = connector.fetch(X_ACCOUNT, page.cursor, SINCE, http, NOW)
    assert (page.is_complete, page.cursor) == (True, {"since_id": "24"})
    assert (query_of(http.urls[1])["since_id"], query_of(http.urls[1])["pagination_token"]) == ("20", "n1")
    http.answers[TWEETS] = {"meta": {"result_count": 0}}
    assert connector.fetch(X_ACCOUNT, page.cursor, SINCE, http, NOW).cursor == {"since_id": "24"}


def test_x_stops_before_the_budget_and_at_the_windows_end():
    http = Recording({TWEETS: (200, tweets(24), {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795530000"})})
    assert kind_of(XConnector("rahasia", Purse("0.09")).fetch, X_ACCOUNT, {}, None, http, NOW) == "budget"
    assert http.asked == []
    page = XConnector("rahasia", Purse("0.10")).fetch(X_ACCOUNT, {}, None, http, NOW)
    assert page.retry_at == datetime.fromtimestamp(1795530000, UTC)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"title": "Unauthorized"}, "auth"), (403, {"title": "Forbidden"}, "auth"), (402, {}, "budget"),
        (429, {}, "quota"), (404, {}, "http_4xx"), (200, {"errors": [{"title": "Not Found Error"}]}, "http_4xx"),
        (200, [], "not_a_feed"), (400, {"title": "Invalid Request"}, "not_a_feed"), (502, "", "http_5xx"),
    ],
)  # fmt: skip
def test_xs_refusals_have_their_class_and_cost_nothing(status, body, kind):
    purse, http = Purse(), Recording({TWEETS: (status, body, {})})
    assert kind_of(XConnector("rahasia", purse).fetch, X_ACCOUNT, {}, None, http, NOW) == kind
    assert purse.left == 1


def test_x_says_of_a_post_whether_it_is_there():
    connector, link = XConnector("rahasia"), "https://x.com/dinas/status/24"
    gone = {"errors": [{"type": "https://api.x.com/2/problems/resource-not-found"}]}
    hidden = {"errors": [{"type": "https://api.x.com/2/problems/not-authorized-for-resource"}]}
    for body, answer in (({"data": {"id": "24"}}, "yes"), (gone, "no"), (hidden, "unknown")):
        assert connector.exists(link, Recording({f"{API}/tweets/24": body})) == answer
    assert connector.exists(link, Recording({f"{API}/tweets/24": (503, "", {})})) == "unknown"
    assert connector.exists("https://x.com/dinas", Recording({})) == "unknown"


# --- TikTok -------------------------------------------------------------------------------------------------------


def video(number: int, hours_ago: int, **changes) -> dict:
    seconds = int((NOW - timedelta(hours=hours_ago)).timestamp())
    link = f"https://www.tiktok.com/@dinas/video/{number}?utm_campaign=x&lang=id"
    return {"id": str(number), "title": "Apel pagi", "create_time": seconds, "share_url": link, **changes}


def answered(*videos: dict, cursor: int = 0) -> dict:
    return {"data": {"videos": list(videos), "cursor": cursor, "has_more": bool(cursor)}, "error": {"code": "ok"}}


def test_tiktok_is_read_by_pages_with_the_accounts_own_token():
    http = Recording({LIST: answered(video(3, 1), video(2, 40), cursor=1795000000000)})
    connector, account = TikTokConnector(Token(), Purse()), target("https://www.tiktok.com/@dinas", handle="@dinas")
    page = connector.fetch(account, {}, SINCE, http, NOW)
    item = page.items[0]
    assert (item.permalink, item.media, item.claimed_at) == (
        "https://www.tiktok.com/@dinas/video/3", "video", NOW - timedelta(hours=1)
    )  # fmt: skip
    assert (page.is_complete, page.cursor) == (False, {"cursor": 1795000000000})
    http.answers[LIST] = answered(video(1, 200), cursor=1794000000000)
    assert connector.fetch(account, page.cursor, SINCE, http, NOW).is_complete
    assert [json.loads(body) for body in http.sent] == [{"max_count": 20}, {"max_count": 20, "cursor": 1795000000000}]
    assert http.asked[0][1]["Authorization"] == "Bearer rahasia"


@pytest.mark.parametrize("seconds", ["1795000000", -5, 1 << 60, 3000000000, 100, None])
def test_a_time_of_tiktok_that_cannot_be_is_none(seconds):
    http = Recording({LIST: answered(video(1, 0, create_time=seconds))})
    (item,) = TikTokConnector(Token()).fetch(target(""), {}, None, http, NOW).items
    assert (item.claimed_at, item.date_basis) == (None, "none")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"code": "access_token_invalid"}}, "auth"), ({"error": {"code": "rate_limit_exceeded"}}, "quota"),
        ({"error": {"code": "internal_error"}}, "not_a_feed"), ({"data": {}}, "not_a_feed"), ("<html>", "not_a_feed"),
    ],
)  # fmt: skip
def test_tiktoks_refusals_have_their_class(body, kind):
    http = Recording({LIST: (401, body, {})})
    assert kind_of(TikTokConnector(Token()).fetch, target(""), {}, None, http, NOW) == kind


def test_a_refresh_token_gives_two_new_ones_or_says_that_consent_has_ended():
    told = {"access_token": "act.2", "expires_in": 86400, "refresh_token": "rft.2", "refresh_expires_in": 31536000}
    http = Recording({RENEW: told})
    assert renewed(http, "key", "secret", "rft.1") == ("act.2", 86400, "rft.2", 31536000)
    assert parse_qs(http.sent[0].decode())["refresh_token"] == ["rft.1"]
    assert "rft.1" not in http.urls[0]
    ended = Recording({RENEW: (400, {"error": "invalid_grant", "error_description": "x"}, {})})
    assert kind_of(renewed, ended, "key", "secret", "rft.1") == "auth"


# --- YouTube's Data API -------------------------------------------------------------------------------------------

DATA = "https://www.googleapis.com/youtube/v3"


def upload(number: int, day: int) -> dict:
    return {
        "snippet": {"title": f"Video {number}", "description": "x"},
        "contentDetails": {"videoId": f"{number:011}", "videoPublishedAt": f"2026-10-{day:02}T01:00:00Z"},
    }


def test_youtubes_interface_finds_the_number_behind_a_handle():
    http = Recording({f"{DATA}/channels?": {"items": [{"id": CHANNEL}]}, YOUTUBE_FEED: YOUTUBE_ATOM})
    channel, purse = target("https://www.youtube.com/@dinas", handle="@dinas"), Purse()
    probe = YouTubeConnector("kunci", purse).probe(channel, http, NOW)
    assert (probe.external_id, probe.endpoint, purse.calls) == (CHANNEL, YOUTUBE_FEED, 1)
    assert (query_of(http.urls[0])["forHandle"], http.asked[0][1]["X-Goog-Api-Key"]) == ("dinas", "kunci")
    assert "kunci" not in http.urls[0]
    http.answers[f"{DATA}/channels?"] = {"pageInfo": {}}
    assert kind_of(YouTubeConnector("kunci").probe, channel, http, NOW) == "http_4xx"
    http.answers[f"{DATA}/channels?"] = (400, {"error": {"errors": [{"reason": "keyInvalid"}]}}, {})
    assert kind_of(YouTubeConnector("kunci").probe, channel, http, NOW) == "auth"


def test_youtubes_interface_goes_on_where_the_feed_ends_and_never_searches():
    since, first = datetime(2026, 10, 2, tzinfo=UTC), {"items": [upload(1, 20)], "nextPageToken": "T"}
    http = Recording({YOUTUBE_FEED: YOUTUBE_ATOM, f"{DATA}/playlistItems?": first})
    connector, channel = YouTubeConnector("kunci", Purse()), target(YOUTUBE_FEED, external_id=CHANNEL)
    page = connector.fetch(channel, {}, since, http, NOW)
    assert ([item.is_api_only for item in page.items], page.is_complete) == ([False], False)
    page = connector.fetch(channel, page.cursor, since, http, NOW)
    assert ([item.is_api_only for item in page.items], page.cursor["playlist"]) == ([True], "T")
    http.answers[f"{DATA}/playlistItems?"] = {"items": [upload(2, 1)], "nextPageToken": "U"}
    page = connector.fetch(channel, page.cursor, since, http, NOW)
    assert (page.is_complete, "playlist" in page.cursor, page.cursor["body_hash"] != "") == (True, False, True)
    assert not any("search" in url for url in http.urls)
    without = YouTubeConnector().fetch(channel, {}, since, Recording({YOUTUBE_FEED: YOUTUBE_ATOM}), NOW)
    assert without.is_complete
    assert VIDEO in without.items[0].permalink
