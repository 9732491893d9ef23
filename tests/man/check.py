#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""The manual pages: well-formed, complete in both directions, and with examples that work.

    check.py        "ok", "not ok" or "skipped" a check; exit 1 if one failed

The examples marked "test: host" are run here, in a mount namespace whose /etc/rstwhy, /var/log and /var/lib are made up; those marked
"test: vm" by the scenario man-examples.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__))))
import pages  # noqa: E402

MAN = "userspace/man/"
failures = []


def check(name, good, why=""):
    print(f"{'ok' if good else 'not ok'} {name}" + (f" # {why}" if not good else ""))
    if not good:
        failures.append(name)


def both_ways(name, source, page):
    """Sets of words: what is in the source and not in the page, and the reverse."""
    check(f"{name}: there are some", len(source) > 0)
    check(f"{name}: each is in the page", source <= page, sorted(source - page))
    check(f"{name}: the page has no others", page <= source, sorted(page - source))


def read(*paths):
    return "".join(open(path, encoding="utf-8").read() for path in paths)


def well_formed():
    for page in pages.ALL:
        path = MAN + page
        if shutil.which("mandoc"):
            lint = subprocess.run(["mandoc", "-T", "lint", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            said = [line for line in lint.stdout.splitlines() if not re.search("makewhatis|referenced manual not found", line)]
            check(f"{page}: mandoc finds nothing", not said, said[:3])
        else:
            print(f"skipped {page}: mandoc # there is no mandoc here (Debian: mandoc)")
        if shutil.which("man"):
            groff = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
            check(f"{page}: man --warnings finds nothing", not groff.stderr and groff.returncode == 0, groff.stderr[:300])
        else:
            print(f"skipped {page}: man --warnings # there is no man here (Debian: man-db)")


def easy_on_the_eye():
    """What no linter minds: groff's nested quotes where a list of keys is one heading, and commands that do not fit a line of 80 columns."""
    if not shutil.which("man"):
        return
    for page in pages.ALL:
        shown = subprocess.run(["man", "-E", "UTF-8", "-l", "-Tutf8", MAN + page], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True,
                               env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "GROFF_NO_SGR": "1"}).stdout
        shown = re.sub(".\b", "", shown)
        check(f"{page}: no quotes within quotes", "\u2019\u2019" not in shown, re.findall(".*\u2019\u2019.*", shown)[:3])
        long = [example.text for example in pages.examples() if example.page == page and not example.is_file and example.text not in shown]
        check(f"{page}: each example on a line of its own", not long, long)


def settings():
    source = set(re.findall(r'^\t\{ "([a-z_.]+)", parse_', read("userspace/daemon/config_keys.c"), re.M))
    both_ways("settings", source, set(re.findall(r"^\.It Ic (\S+)$", read(MAN + "rstwhyd.conf.5"), re.M)))
    conf, section, shipped = read("userspace/deploy/rstwhyd.conf"), "", set()
    for line in conf.splitlines():
        if re.match(r"\[\w+\]$", line):
            section = line[1:-1] + "."
        elif re.match(r"#\w+ =", line):
            shipped.add(section + line[1:].split(" =")[0])
    both_ways("settings of the shipped file", source, shipped)


def module():
    page = read(MAN + "nf_rstwhy.4")
    both_ways("sysctls", {"net.netfilter.nf_rstwhy_" + name for name in re.findall(r'^\tROW(?:_\w+)?\("(\w+)"', read("module/sysctl.c"), re.M)},
              set(re.findall(r"^\.It Va (\S+)$", page, re.M)))
    sources = read(*("module/" + name for name in os.listdir("module") if name.endswith(".c")))
    both_ways("module parameters", set(re.findall(r"module_param(?:_named)?\((\w+)", sources)),
              set(re.findall(r"^\.It Cm (\S+)$", page.split(".Sh PARAMETERS")[1].split(".Sh ")[0], re.M)))
    source = read("module/procfile.c")
    names = re.findall(r'seq_printf\(m, "(\w+) ', source) + re.findall(r'^\t\[\w+\] = "(\w+)"', source, re.M)
    both_ways("counters", set(names), set(re.findall(r"^\.It Li (\S+)$", page, re.M)))


def options_of(text):
    """Long and short options of a help text."""
    return set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", text)) | set(re.findall(r"(?<![\w-])-([a-zA-Z])\b(?!-)", text))


def help_of(*command):
    return subprocess.run([*command, "--help"], stdout=subprocess.PIPE, check=True, text=True).stdout


def options_in(text):
    found = set()
    for line in re.findall(r"^\.It Fl (.*)$", text, re.M):
        for word in re.split(r" , Fl ", line):
            found.add(word.split()[0].lstrip("-"))
    return found


def commands():
    page = read(MAN + "rstwhy.1")
    described = page.split(".Sh DESCRIPTION")[1].split(".Sh SELECTION")[0]
    sections = {part.split()[0]: part for part in described.split(".Ss ")[1:]}
    source = set(re.findall(r'^\t\{ "(\w+)", command_', read("userspace/tool/main.c"), re.M))
    both_ways("commands", source, set(sections))
    selection = options_in(page.split(".Sh SELECTION")[1].split(".Sh ")[0])
    for command in sorted(source & set(sections)):
        offered = {word for line in help_of(pages.TOOL, command).splitlines() if re.match(r" +-", line) for word in options_of(line.split("  ", 3)[1] if
                   line.startswith("  -") else line.strip().split("  ")[0])}
        told = options_in(sections[command]) | (selection if ".Sx SELECTION" in sections[command] else set())
        if offered or told:
            both_ways(f"options of {command}", offered, told)
    offered = {word for line in help_of(pages.DAEMON).splitlines() if re.match(r" +-", line) for word in options_of(line.strip().split("  ")[0])}
    both_ways("options of rstwhyd", offered, options_in(read(MAN + "rstwhyd.8")))


def record_keys():
    """Each key of a record is told in rstwhyd(8); keys below another one stand in its words."""
    source = set(re.findall(r'KEY\("(\w+)"\)', read("userspace/record/record_json.c")))
    words = set(re.findall(r"\w+", read(MAN + "rstwhyd.8")))
    check("keys of a record: each is in the page", len(source) > 30 and source <= words, sorted(source - words))
    actors = set(re.findall(r'^\t\t\[RSTWHY_BY_\w+\] = NAME\("([a-z-]+)"\)', read("userspace/record/record_verdict.c"), re.M))
    told = set(re.findall(r"[a-z-]+", read(MAN + "rstwhyd.8").split(".It Li by\n")[1].split(".It ")[0]))
    check("who sent it: each is in the page", len(actors) > 5 and actors <= told, sorted(actors - told))


SANDBOX = """set -e
mount -t tmpfs tmpfs /var/log
mount -t tmpfs tmpfs /var/lib
mkdir -p $WORK/etc/rstwhy
cp /etc/passwd /etc/group /etc/nsswitch.conf $WORK/etc/
echo rstwhy:x:990:990::/:/usr/sbin/nologin >>$WORK/etc/passwd
mount --bind $WORK/etc /etc
mkdir /var/lib/tree
mount --bind $TREE /var/lib/tree
mount -t tmpfs tmpfs /tmp
mkdir -p $TREE # it may be below /tmp
mount --bind /var/lib/tree $TREE
mkdir /var/log/rstwhy /var/lib/rstwhy
cp $DATA/resets.jsonl /var/log/rstwhy/
cp $DATA/paths.json /var/lib/rstwhy/
cp $DATA/capture.pcap /tmp/
cp $TREE/userspace/deploy/rstwhyd.conf $TREE/userspace/deploy/known-timeouts.conf /etc/rstwhy/
exec sh -c "$EXAMPLE"
"""


def can_have_namespaces():
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], stderr=subprocess.DEVNULL).returncode == 0


def try_example(example, data, work):
    environment = {**os.environ, "WORK": work, "DATA": data, "TREE": os.getcwd(), "EXAMPLE": example.command,
                   "PATH": os.path.abspath("build") + ":" + os.environ["PATH"], "NO_COLOR": "1"}
    return subprocess.run(["unshare", "--mount", "sh", "-c", SANDBOX], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60)


def examples(data):
    if not can_have_namespaces():
        print("skipped examples # they need a mount namespace, that is root")
        return
    for example in pages.examples():
        if example.where == "":
            check(f"{example.page}: \"{example.text}\" says where it is tried", False)
        if example.where != "host":
            continue
        with tempfile.TemporaryDirectory(dir="build") as work:
            work = os.path.abspath(work)
            if example.is_file:
                with open(work + "/example.conf", "w", encoding="ascii") as out:
                    out.write(example.text)
                example = example._replace(command=f"rstwhyd -c {work}/example.conf --check")
            done = try_example(example, data, work)
        good = done.returncode == 0 and example.expect in done.stdout
        check(f"{example.page}: {example.text.splitlines()[0]}", good, f"exit {done.returncode}, {example.expect!r} wanted: {done.stdout[-300:]}")


def make_data(data):
    now = subprocess.run(["date", "-u", "+%FT%TZ"], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
    with open(data + "/resets.jsonl", "w", encoding="ascii") as out:
        subprocess.run([sys.executable, "tests/logs/sample.py", "--records", "3000", "--end", now, "--state", data + "/paths.json"], stdout=out, check=True)
    with open(data + "/capture.pcap", "wb") as out:
        out.write(pages.refused_capture())


def main():
    well_formed()
    easy_on_the_eye()
    settings()
    module()
    commands()
    record_keys()
    with tempfile.TemporaryDirectory(dir="build") as data:
        make_data(data)
        examples(os.path.abspath(data))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
