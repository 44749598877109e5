"""The platforms on which units have channels: names, hosts, and what an account's address looks like on each."""

from __future__ import annotations

import re
from urllib.parse import SplitResult

WEBSITE, INSTAGRAM, FACEBOOK, YOUTUBE, X, TIKTOK, THREADS, MASTODON, OTHER = KINDS = (
    "website", "instagram", "facebook", "youtube", "x", "tiktok", "threads", "mastodon", "other",
)  # fmt: skip
LABELS = dict(
    zip(
        KINDS,
        ("situs web", "Instagram", "Facebook", "YouTube", "X", "TikTok", "Threads", "Mastodon", "kanal lain"),
        strict=True,
    )
)

HOSTS = {
    "instagram.com": INSTAGRAM,
    "instagr.am": INSTAGRAM,
    "facebook.com": FACEBOOK,
    "fb.com": FACEBOOK,
    "fb.me": FACEBOOK,
    "fb.watch": FACEBOOK,
    "youtube.com": YOUTUBE,
    "youtu.be": YOUTUBE,
    "x.com": X,
    "twitter.com": X,
    "tiktok.com": TIKTOK,
    "threads.net": THREADS,
    "threads.com": THREADS,
    "mastodon.social": MASTODON,
    "mastodon.online": MASTODON,
    "mstdn.social": MASTODON,
    "t.me": OTHER,
    "telegram.me": OTHER,
    "whatsapp.com": OTHER,
    "wa.me": OTHER,
    "linkedin.com": OTHER,
    "linktr.ee": OTHER,
}
SHORTENERS = {"bit.ly", "s.id", "t.co", "tinyurl.com", "goo.gl", "cutt.ly", "is.gd", "rb.gy", "fb.me", "fb.watch"}
PREFIXES = ("www.", "m.")
#: Parameters that say how an address was copied or is shown, never what it names.
TRACKING = re.compile(
    r"(?:utm|mtm)_\w*|fbclid|gclid|dclid|msclkid|igsh(?:id)?|mibextid|_rdr|_rdc|si|s|ref|ref_src|feature|hl|amp", re.I
)
HANDLES = {
    INSTAGRAM: r"[a-z0-9._]{1,30}",
    FACEBOOK: r"[\w.\-]{2,100}",
    YOUTUBE: r"[\w.\-·]{2,100}",
    X: r"[a-z0-9_]{1,15}",
    TIKTOK: r"[a-z0-9._]{2,24}",
    THREADS: r"[a-z0-9._]{1,30}",
}
#: First path segments that are not accounts.
NOT_ACCOUNTS = {
    INSTAGRAM: {"p", "reel", "reels", "tv", "stories", "explore", "accounts", "share", "direct", "s", "about"},
    FACEBOOK: {
        "watch", "share", "photo", "photo.php", "story.php", "permalink.php", "groups", "events", "login", "sharer",
        "sharer.php", "hashtag", "marketplace", "reel", "plugins", "video.php", "home.php", "login.php", "media",
        "help", "policies", "gaming", "l.php", "dialog", "search",
    },
    YOUTUBE: {"watch", "shorts", "live", "playlist", "embed", "results", "feed", "hashtag", "v", "post", "clip"},
    X: {"i", "home", "search", "hashtag", "intent", "share", "explore", "settings", "login", "messages"},
    TIKTOK: set(),
    THREADS: {"t", "search", "login"},
}  # fmt: skip
TABS = {
    "about", "videos", "reels", "tagged", "photos", "posts", "shorts", "streams", "featured", "community",
    "playlists", "media", "with_replies", "likes", "channel", "live", "mentions", "following", "followers",
}  # fmt: skip
TOP_LEVELS = ("id", "com", "net", "org", "info", "site", "online", "social", "be", "am", "me", "tv", "co", "invalid")
PROFILES = {
    INSTAGRAM: "https://www.instagram.com/{}/",
    FACEBOOK: "https://www.facebook.com/{}",
    YOUTUBE: "https://www.youtube.com/{}",
    X: "https://x.com/{}",
    TIKTOK: "https://www.tiktok.com/@{}",
    THREADS: "https://www.threads.com/@{}",
}


def host_key(parts: SplitResult) -> str:
    """The host without what only says "for browsers" or "for phones"."""
    host = (parts.hostname or "").rstrip(".")
    shorter = next((host.removeprefix(prefix) for prefix in PREFIXES if host.startswith(prefix)), host)
    return shorter if "." in shorter else host


def kind_of_host(host: str) -> str:
    """The platform a host belongs to, also by a sub-domain (`vt.tiktok.com`); empty for an unknown host."""
    names = host.split(".")
    return next((HOSTS[name] for n in range(len(names)) if (name := ".".join(names[n:])) in HOSTS), "")
