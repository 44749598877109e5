"""Feeds judged by rules that are not ours: the schema of RFC 4287, with the Schematron rules that stand in it."""

import io

from lxml import etree, isoschematron

from .test_rooms import ROOT

SCHEMA = ROOT / "tests" / "vendor" / "atom" / "atom.rng"
#: The RFC writes its rules for Schematron 1.5, before it became a standard; the rules themselves read the same.
OLD, ISO = b"http://www.ascc.net/xml/schematron", b"http://purl.oclc.org/dsdl/schematron"
ATOM = "{http://www.w3.org/2005/Atom}"


def errors_of(content: bytes) -> list[str]:
    """What RFC 4287 has against a feed; nothing if it is valid."""
    feed = etree.fromstring(content)
    schema = etree.RelaxNG(etree.parse(SCHEMA))
    rules = _rules()
    found = [] if schema.validate(feed) else [str(error) for error in schema.error_log]
    return found if rules.validate(feed) else [*found, *map(str, rules.error_log)]


def _rules() -> isoschematron.Schematron:
    """The asserts of the schema as Schematron: `sch:ns` and `sch:pattern` are what the extraction needs around them."""
    grammar = etree.parse(io.BytesIO(SCHEMA.read_bytes().replace(OLD, ISO)))
    space = {"s": ISO.decode()}
    rules = etree.Element(f"{{{space['s']}}}schema", nsmap={None: space["s"]})
    etree.SubElement(rules, f"{{{space['s']}}}ns", prefix="atom", uri=ATOM.strip("{}"))
    found = grammar.findall(".//s:rule", space)
    assert len(found) == 3
    for rule in found:
        etree.SubElement(rules, f"{{{space['s']}}}pattern").append(rule)
    return isoschematron.Schematron(rules)
