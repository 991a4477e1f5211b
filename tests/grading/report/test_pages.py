"""Pages are whole without a network, let nothing in, and can be read."""

import base64
import hashlib
import re
from itertools import pairwise, product
from pathlib import Path

import pytest

from dlp_keras.grading.report import pages as report_pages
from dlp_keras.grading.report.class_report import make_report
from dlp_keras.grading.report.feedback import make_feedback

STYLE = (Path(report_pages.__file__).parent / "style.css").read_text("utf-8")


def make_pages(records):
    own = [record for record in records if record.student == records[0].student]
    return [make_report(records), make_feedback(own)]


@pytest.fixture(params=[0, 1], ids=["report", "feedback"])
def page(request, records, read_page):
    return read_page(make_pages(records)[request.param])


def policy_of(page):
    (found,) = [m for m in page.find_all(".//meta") if m.get("http-equiv") == "Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in found.get("content").split(";"))


def test_the_policy_lets_in_what_the_page_holds_and_no_more(page):
    inline = {"style-src": page.find_all(".//style"), "script-src": page.find_all(".//script")}
    digests = {
        key: [
            f"'sha256-{base64.b64encode(hashlib.sha256(e.text.encode()).digest()).decode()}'" for e in found
        ]
        for key, found in inline.items()
    }
    policy = policy_of(page)
    assert policy.pop("default-src") == policy.pop("base-uri") == policy.pop("form-action") == "'none'"
    assert policy == {key: found[0] for key, found in digests.items() if found}


def test_nothing_is_loaded_and_nothing_is_styled_or_run_by_an_attribute(page):
    elements = list(page.root.iter())
    attributes = {name for element in elements for name in element.attrib}
    assert not {
        name for name in attributes if name in ("src", "srcset", "style", "data") or name.startswith("on")
    }
    links = [element.get("href") for element in elements if element.get("href")]
    assert links
    assert all(link.startswith(("#", "feedback/")) for link in links)
    assert not re.search(r"url\(|@import", page.text)
    targets = {element.get("id") for element in elements}
    assert {link[1:] for link in links if link.startswith("#")} <= targets


def test_headings_go_down_in_steps_of_one(page):
    levels = [int(e.tag[1]) for e in page.root.iter() if re.fullmatch("h[1-6]", str(e.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_page_says_its_language_title_and_width(page):
    assert page.root.get("lang") == "en"
    assert page.read(".//title")
    assert {"viewport", "color-scheme"} <= {meta.get("name") for meta in page.find_all(".//meta")}


def test_texts_of_students_are_only_shown(hostile_records, hostile_text, read_page):
    for data in make_pages(hostile_records):
        page = read_page(data)
        assert len(page.find_all(".//script")) == ("script-src" in policy_of(page))
        assert all(
            c.isprintable() or c == "\n" for c in page.text.replace("\xa0", " ").replace("\u202f", " ")
        )
        assert not page.find_all(".//img")


def test_what_begins_with_a_new_line_or_closes_an_element_is_text(read_page, records):
    text = "\n</pre></li><script>alert(1)</script>"
    records[2].marks[1]["output"] = text
    page = read_page(make_feedback([records[2]]))
    assert page.find(".//pre").text == text.strip()
    assert page.find_all(".//script") == []


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


SCHEMES = [
    dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", STYLE, re.S)
]


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "behind"),
    list(product(["text", "quiet", "earned", "lost", "open", "link"], ["background", "surface"])),
)
def test_texts_stand_out(scheme, text, behind):
    one, other = sorted((luminance(scheme[text]), luminance(scheme[behind])))
    assert (other + 0.05) / (one + 0.05) >= 4.5


def test_both_schemes_name_the_same_colours():
    assert len(SCHEMES) == 2
    assert SCHEMES[0].keys() == SCHEMES[1].keys()
