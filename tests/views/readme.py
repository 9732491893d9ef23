#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""The samples of README.md are what the tool prints.

    readme.py              runs each command of README that begins a block by "$ rstwhy" and has what it needs here; compares
    readme.py --print      prints what they print, to be put there

Data: a day's log and the paths learned from it, and a capture, all made up (tests/logs), in a directory of their own. In README a line of
"..." stands for any number of lines; what depends on the moment of the run (dates, clock, ages) is not compared.
"""

import datetime
import os
import re
import subprocess
import sys
import tempfile

TOOL = os.path.abspath("build/rstwhy")
KNOWN = os.path.abspath("userspace/deploy/known-timeouts.conf")
# What the tool takes from /var/log, /var/lib and /etc where it is installed.
PLACES = {
    "report": ["--state", "paths.json", "--known", KNOWN, "resets.jsonl"],
    "top": ["-f", "resets.jsonl"],
    "timeouts": ["-f", "paths.json", "-k", KNOWN],
    "explain": [], "analyze": [],
}  # fmt: skip


def noon():
    """The last one: old samples would be forgotten, and bars over time begin at whole hours."""
    now = datetime.datetime.now(datetime.timezone.utc)
    today = now.replace(hour=12, minute=0, second=0, microsecond=0)
    return (today if today <= now else today - datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_data(directory):
    with open(directory + "/resets.jsonl", "wb") as log:
        subprocess.run([sys.executable, "tests/logs/sample.py", "--records", "400", "--hours", "20", "--end", noon(), "--state",
                        directory + "/paths.json"], stdout=log, check=True)
    with open(directory + "/office.pcap", "wb") as capture:
        subprocess.run([sys.executable, "tests/logs/capture.py"], stdout=capture, check=True)


def blocks():
    """(command, lines) of each block of README that begins by a command of the tool; those that need a gateway are not run."""
    with open("README.md", encoding="utf-8") as readme:
        text = readme.read()
    for block in re.findall(r"^```\n\$ (rstwhy .*?)\n(.*?)^```$", text, re.M | re.S):
        yield block[0], block[1].splitlines()


# Other programs' words.
FOREIGN = ("insmod: ", "could not insert", "rstwhyd")


def messages():
    """Of the table of troubles: each message, as the parts that are the same always, with whether all of them are in our sources."""
    with open("README.md", encoding="utf-8") as readme:
        table = readme.read().split("## Troubleshooting")[1].split("## ")[0]
    # a C string may be broken anywhere, and begin with what is printed in front of all
    sources = "".join(open(os.path.join(at, name), encoding="utf-8").read() for top in ("userspace", "module") for at, _, names in os.walk(top)
                      for name in names if name.endswith((".c", ".h")))
    sources = re.sub(r'"\s*"', "", sources).replace('\\"', '"')
    for message in re.findall(r"^\| `(.*?)` ", table, re.M):
        if not message.startswith(FOREIGN):
            parts = [part.strip() for part in re.split(r"\u2026|\d+\.\d+|\b\d+\b|/dev/\S+|nf_rstwhy: ", message)]
            yield message, [part for part in parts if len(part) > 3 and part not in sources]


def printed(command, directory):
    words = command.split()
    arguments = words[1:] + PLACES[words[1]]
    done = subprocess.run([TOOL, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=directory, timeout=60, text=True)
    return [line.rstrip() for line in done.stdout.splitlines()]


def timeless(line):
    line = re.sub(r"\d[\d.]* \w+( \d+ \w+)? ago", "AGO", line)
    line = re.sub(r"\d\d:\d\d:\d\d UTC", "CLOCK", line)
    line = re.sub(r"\d{4}-\d\d-\d\d", "DATE", line)
    return re.sub(r"^( +\d+) +\d+ (s|min|h|d) ", r"\1 AGE ", line)


def fits(wanted, given):
    """Whether the lines are those of the sample; "..." is any number."""
    if not wanted:
        return not given
    if wanted[0] == "...":
        return any(fits(wanted[1:], given[i:]) for i in range(len(given) + 1))
    return bool(given) and timeless(wanted[0].rstrip()) == timeless(given[0]) and fits(wanted[1:], given[1:])


def check(command, wanted, given):
    good = fits(wanted, given)
    missing = [line for line in wanted if line != "..." and timeless(line.rstrip()) not in map(timeless, given)]
    print(f"{'ok' if good else 'not ok'} README: $ {command}" + ("" if good else f" # {(missing or ['order'])[0][:200]}"))
    return good


def main():
    os.environ["COLUMNS"] = "120"
    with tempfile.TemporaryDirectory(dir="build") as directory:
        directory = os.path.abspath(directory)
        make_data(directory)
        samples = [(command, wanted) for command, wanted in blocks() if command.split()[1] in PLACES]
        if sys.argv[1:] == ["--print"]:
            for command, _ in samples:
                print(f"$ {command}", *printed(command, directory), sep="\n")
            return 0
        good = [check(command, wanted, printed(command, directory)) for command, wanted in samples]
        for message, missing in messages():
            good.append(not missing)
            print(f"{'not ok' if missing else 'ok'} README: the message {message}" + (f" # nobody says {missing[0]!r}" if missing else ""))
        shown = {command.split()[1] for command, _ in samples}
        for view in sorted(set(PLACES) - shown):
            print(f"not ok README: it has no sample of rstwhy {view}")
        return 0 if all(good) and shown == set(PLACES) else 1


if __name__ == "__main__":
    sys.exit(main())
