#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""The shell completions: each command and option that the tool has, and no others; bash's are also run."""

import os
import re
import shutil
import subprocess
import sys

TOOL = "build/rstwhy"
BASH = "userspace/deploy/rstwhy.bash-completion"
ZSH = "userspace/deploy/rstwhy.zsh-completion"
failures = []


def check(name, good, why=""):
    print(f"{'ok' if good else 'not ok'} {name}" + (f" # {why}" if not good else ""))
    if not good:
        failures.append(name)


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def long_options(command):
    """What the help offers at the beginning of a line."""
    return {word for line in run(TOOL, command, "--help").splitlines() if re.match(r" +-", line)
            for word in re.findall(r"--[a-z][a-z-]+", line.strip().split("  ")[0])} | {"--help"}


def complete(*words):
    """What bash would offer behind these words, the last of which is being typed."""
    script = f"PATH=$PWD/build:$PATH; source {BASH}; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _rstwhy; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    return set(run("bash", "-c", script, "bash", *words).split())


def bash(commands):
    check("bash: the commands", complete("rstwhy", "") == commands | {"--help", "--version"}, complete("rstwhy", ""))
    for command in sorted(commands - {"version", "explain"}):
        have = complete("rstwhy", command, "--")
        check(f"bash: the options of {command}", have == long_options(command), have ^ long_options(command))
    causes = set(re.findall(r"^  ([a-z-]+)$", run(TOOL, "explain"), re.M))
    check("bash: the causes", complete("rstwhy", "explain", "") == causes | {"--help"} and len(causes) > 30)
    check("bash: the second of a list", complete("rstwhy", "tail", "--class", "noise,idl") == {"noise,idle-timeout"})
    check("bash: a file", "Makefile" in complete("rstwhy", "report", "Make"))


def zsh(commands):
    if not shutil.which("zsh"):
        print("skipped zsh # there is no zsh here (Debian: zsh)")
        return
    check("zsh: can be read", subprocess.run(["zsh", "-n", ZSH]).returncode == 0)
    with open(ZSH, encoding="ascii") as file:
        text = file.read()
    check("zsh: the commands", set(re.findall(r"^\t\t'(\w+):", text, re.M)) == commands)
    selection = set(re.findall(r"--[a-z][a-z-]+", text.split("selection=(")[1].split("\t)")[0]))
    for command in sorted(commands - {"version"}):
        part = re.search(rf"^\t{command}\) (.*?);;", text, re.M | re.S).group(1)
        have = set(re.findall(r"--[a-z][a-z-]+", part)) | {"--help"} | (selection if "$selection" in part else set()) | (
            {"--config"} if "$config" in part else set())
        want = long_options(command) if command != "explain" else {"--help"}
        check(f"zsh: the options of {command}", have == want, have ^ want)


def main():
    with open("userspace/tool/main.c", encoding="utf-8") as file:
        commands = set(re.findall(r'^\t\{ "(\w+)", command_', file.read(), re.M))
    if shutil.which("bash"):
        bash(commands)
    zsh(commands)
    return 1 if failures else 0


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    sys.exit(main())
