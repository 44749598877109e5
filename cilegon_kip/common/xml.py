"""Text of people inside XML."""

from __future__ import annotations

import re

#: What XML 1.0 has no place for, however it is escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    return _NOT_XML.sub("", text).strip()
