#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""The report's page in a real browser: what it shows against what the log holds, and that nothing in the log becomes markup or script.

    check.py DIRECTORY       pages and screenshots go there; "ok" or "not ok" a check, exit 1 if one failed, 77 skipped
"""

import collections
import json
import os
import subprocess
import sys

import webdriver

TOOL = "build/rstwhy"
SAMPLE = "tests/logs/sample.py"

# What a page may not do, watched from its first script on: see watch().
failures = []


def check(name, good, why=""):
    print(f"{'ok' if good else 'not ok'} {name}" + (f" # {why}" if not good else ""))
    if not good:
        failures.append(name)


def equal(name, have, want):
    check(name, have == want, f"have {have!r}, want {want!r}")


def make(directory, name, *options):
    """A log, and its page: their paths."""
    log, state, page = (f"{directory}/{name}.{end}" for end in ("jsonl", "paths.json", "html"))
    with open(log, "w", encoding="ascii") as out:
        subprocess.run([sys.executable, SAMPLE, "--state", state, *options], stdout=out, check=True)
    subprocess.run([TOOL, "report", log, "--state", state, "--html", page], check=True, stderr=subprocess.DEVNULL)
    return log, page


def events(log):
    """What a report counts, counted here once more, the slow way: by class; and the rows of the table, latest last."""
    verdicts, extra, rows = {}, collections.Counter(), []
    with open(log, encoding="ascii") as lines:
        for line in lines:
            record = json.loads(line)
            if record["kind"] == "summary":
                extra[record["class"]] += record["count"]
            elif record["kind"] != "loss":
                verdicts[record.get("amends", record["id"])] = record["class"]
            if record["kind"] != "loss" and record["class"] != "noise":
                rows.append(record)
    return collections.Counter(verdicts.values()) + extra, rows


def show_whole(browser):
    return browser.run("return document.documentElement.scrollHeight")


def no_complaints(browser, name):
    said = browser.complaints()
    check(f"{name}: the console is silent", not said, said[:3])


def nothing_is_loaded(browser, name):
    loaded = browser.run("return performance.getEntriesByType('resource').map((e) => e.name)")
    equal(f"{name}: nothing is loaded from anywhere", loaded, [])


def counts(browser, log):
    classes, _ = events(log)
    tiles = browser.run("return [...document.querySelectorAll('.tile')].map((t) => [t.lastChild.textContent, "
                        "t.querySelector('b').firstChild.textContent])")
    shown = {name: int(value.replace(",", "")) for name, value in tiles}
    equal("all resets", shown.pop("resets"), sum(classes.values()))
    equal("resets by class", {name: count for name, count in shown.items() if count}, dict(classes))
    bars = browser.run("return JSON.parse(document.getElementById('data').textContent).ages.bars.flat().reduce((a, b) => a + b)")
    equal("the bars over time add up", bars, sum(classes.values()))


def time_axis(browser, name):
    labels = browser.run("return [...document.querySelectorAll('text.time')].map((t) => t.textContent)")
    times = [label[-5:] for label in labels]
    check(f"{name}: times of day are round", len(labels) > 1 and all(time.endswith(":00") for time in times), labels)
    days = [label[:5] for label in labels if len(label) > 5]
    check(f"{name}: each day is named once", labels[0][:5] in days and len(days) == len(set(days)), labels)


def known_timeouts(browser):
    labels = browser.run("return [...document.querySelectorAll('text.known')].map((t) => t.textContent)")
    for want in ("350 s AWS NLB +4", "240 s Azure Load Balancer +2", "3600 s FortiGate +4"):
        check(f"marked at the silences: {want}", want in labels, labels)
    boxes = browser.run("return [...document.querySelectorAll('text.known')].map((t) => { const b = t.getBBox(); "
                        "return [b.x, b.y, b.x + b.width, b.y + b.height]; })")
    over = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i] if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] - 2 and b[1] < a[3] - 2]
    check("no label lies over another", not over, over)


def one_server(browser):
    before = browser.run("return document.querySelectorAll('.chart')[1].querySelectorAll('rect').length")
    browser.run("const s = document.getElementById('server'); s.selectedIndex = 1; s.dispatchEvent(new Event('change'))")
    after = browser.run("return [document.querySelectorAll('.chart')[1].querySelectorAll('rect').length, "
                        "document.querySelectorAll('.chart')[1].nextSibling.textContent, document.getElementById('server').value]")
    check("the silences of one server", after[0] != before and after[1].startswith("Learned: silences of up to 280.0 s survive"), after)


def networks(browser):
    """Which learned path is a server's: of its own network, however its address is written."""
    found = browser.run("const kept = data.learned.splice(0), path = (prefix) => ({ prefix, port: 443, side: 'server' });"
                        "data.learned.push(path('2001:db8:20::/64'), path('2001:db8:20:5::/64'), path('fd00:0:0:1::/64'), path('10.2.0.0/24'));"
                        "const found = ['[2001:db8:20::25]', '[2001:db8:20:5::1]', '[2001:db8:20:6::1]', '[fd00::1:a:b:c:d]', '10.2.0.7', '10.2.1.7']"
                        ".map((server) => (learnedOf(server + ':443') || { prefix: null }).prefix); data.learned.splice(0, 4, ...kept); return found")
    equal("the learned path of a server", found, ["2001:db8:20::/64", "2001:db8:20:5::/64", None, "fd00:0:0:1::/64", "10.2.0.0/24", None])


def noise_button(browser):
    drawn = "return [...document.querySelectorAll('.chart')[0].querySelectorAll('rect')].filter((r) => r.getAttribute('fill') === 'var(--noise)').length"
    before = browser.run(drawn)
    browser.run("[...document.querySelectorAll('.chip')].find((c) => c.textContent === 'noise').click()")
    check("noise is drawn when asked for", before == 0 and browser.run(drawn) > 0, before)


def table(browser, log):
    _, rows = events(log)
    rows = sorted(rows, key=lambda record: record["ts"])[-1000:]
    find = "const f = document.getElementById('find'); f.value = arguments[0]; f.dispatchEvent(new Event('input')); " \
           "return [document.getElementById('count').textContent, document.querySelectorAll('#rows tr.row').length]"
    equal("all rows", browser.run(find, ""), [f"{len(rows):,} of {len(rows):,}", 100])
    text = "10.20.1.6:8080 refused"
    want = sum(r["server"]["ip"] == "10.20.1.6" and r["cause"] == "refused" for r in rows)
    equal("rows by two words", browser.run(find, text), [f"{want:,} of {len(rows):,}", min(want, 100)])
    browser.run("const s = document.getElementById('class'); s.value = 'firewall-reject'; s.dispatchEvent(new Event('change'))")
    want = sum(r["class"] == "firewall-reject" for r in rows)
    equal("rows by class", browser.run(find, ""), [f"{want:,} of {len(rows):,}", min(want, 100)])
    browser.run("const s = document.getElementById('class'); s.selectedIndex = 0; s.dispatchEvent(new Event('change'))")
    more = browser.run("document.querySelector('#rows').closest('section').querySelector('button.more').click(); "
                       "return document.querySelectorAll('#rows tr.row').length")
    equal("more rows", more, 200)
    opened = browser.run("document.querySelector('#rows tr.row').click(); return document.querySelector('td.detail').textContent")
    check("a row opens", rows[-1]["id"] in opened and rows[-1]["evidence"][0] in opened, opened)
    browser.run("document.querySelector('#rows tr.row').click()")
    equal("and closes", browser.run("return document.querySelectorAll('td.detail').length"), 0)


def widths(browser, directory):
    for width, name in ((1280, "wide"), (360, "phone")):
        browser.resize(width, 900)
        over = browser.run("""
            const wide = document.documentElement.clientWidth;
            return document.documentElement.scrollWidth <= wide ? [] : [...document.querySelectorAll('main *')]
                .filter((e) => e.getBoundingClientRect().right > wide + 1 && !e.closest('.scroll')).slice(0, 3).map((e) => e.outerHTML.slice(0, 120))""")
        check(f"{width} pixels: nothing sticks out", not over, over)
        time_axis(browser, name)
        browser.resize(width, min(show_whole(browser), 6000))
        browser.screenshot(f"{directory}/{name}.png")
    small = browser.run("return [...document.querySelectorAll('main *')].filter((e) => e.firstChild && e.firstChild.nodeType === 3 && "
                        "e.textContent.trim() && parseFloat(getComputedStyle(e).fontSize) < 12).length")
    equal("on a phone no text is smaller than 12 pixels", small, 0)


CONTRAST = """
    const rgb = (text) => text.match(/[0-9.]+/g).map(Number);
    const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
    const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3]) return c; }
        return [255, 255, 255]; };
    return [...document.querySelectorAll('main *')].filter((e) => e.firstChild && e.firstChild.nodeType === 3 && !e.closest('svg, .chip')).map((e) => {
        const a = light(rgb(getComputedStyle(e).color)), b = light(behind(e));
        return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.tagName + ' ' + e.className + ' ' + e.textContent.slice(0, 30)];
    }).filter((c) => c[0] < 4.5).slice(0, 3)"""


def contrast(browser, name):
    equal(f"{name}: text stands out from its ground (4.5 to 1)", browser.run(CONTRAST), [])


def hostile(browser, log, page):
    browser.open(page)
    equal("hostile text does not run", browser.run("return [typeof window.hurt, document.title]"), ["undefined", "TCP resets"])
    equal("hostile text makes no element", browser.run("return [document.querySelectorAll('img, iframe, object, embed, a, link, base').length, "
                                                       "document.querySelectorAll('script').length]"), [0, 2])
    browser.run("document.querySelectorAll('#rows tr.row').forEach((r) => r.click())")
    equal("nor when all rows are open", browser.run("return [typeof window.hurt, document.querySelectorAll('img, svg[onload]').length]"), ["undefined", 0])
    text = browser.run("return document.body.innerText")
    check("it is shown as text", "</script><script>window.hurt=1</script>" in text and "<img src=x onerror=" in text)
    check("controls are shown as escapes", "\\u001b[31mred\\u009b2J" in text and not any(c in text for c in "\u001b\u009b\u202e\u0000"))
    with open(page, "rb") as file:
        raw = file.read()
    equal("the page is ASCII", [b for b in raw if b > 126 or (b < 32 and b not in (9, 10))][:3], [])
    equal("with two scripts, and ends of them", [raw.count(b"<script"), raw.count(b"</script")], [2, 2])
    no_complaints(browser, "hostile")


def policy_holds(browser, page):
    """Were a script to get in all the same, the browser would not run it."""
    with open(page, encoding="ascii") as file:
        text = file.read()
    broken = page.replace(".html", "-broken.html")
    with open(broken, "w", encoding="ascii") as file:
        file.write(text.replace("<main", "<script>window.hurt=1</script><img src=x onerror='window.hurt=1'><main"))
    browser.open(broken)
    equal("the policy stops what would get in", browser.run("return typeof window.hurt"), "undefined")
    check("and says so", any("Content Security Policy" in line for line in browser.complaints()))


def empty(browser, directory):
    log, page = directory + "/empty.jsonl", directory + "/empty.html"
    open(log, "w", encoding="ascii").close()
    subprocess.run([TOOL, "report", log, "--state", "/nonexistent", "--html", page], check=True)
    browser.open(page)
    check("an empty log is told", "the log has no resets" in browser.run("return document.body.innerText"))
    no_complaints(browser, "empty")


def main():
    directory = os.path.abspath(sys.argv[1])
    os.makedirs(directory, exist_ok=True)
    if webdriver.missing():
        print(f"skipped html # there is no {webdriver.missing()} here (Debian: chromium chromium-driver)")
        return 77
    log, page = make(directory, "sample")
    bad_log, bad_page = make(directory, "hostile", "--hostile", "--records", "2000")
    browser = webdriver.Browser()
    try:
        browser.resize(1280, 900)
        browser.open(page)
        no_complaints(browser, "sample")
        nothing_is_loaded(browser, "sample")
        counts(browser, log)
        time_axis(browser, "wide")
        known_timeouts(browser)
        one_server(browser)
        networks(browser)
        noise_button(browser)
        table(browser, log)
        contrast(browser, "light")
        widths(browser, directory)
        no_complaints(browser, "sample, used")
        browser.resize(1280, 900)
        hostile(browser, bad_log, bad_page)
        policy_holds(browser, bad_page)
        empty(browser, directory)
    finally:
        browser.close()
    browser = webdriver.Browser(dark=True)
    try:
        browser.resize(1280, 900)
        browser.open(page)
        check("dark where the reader wants it", browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 27)")
        contrast(browser, "dark")
        browser.resize(1280, min(show_whole(browser), 6000))
        browser.screenshot(directory + "/dark.png")
    finally:
        browser.close()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
