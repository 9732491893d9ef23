# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
checks.py packages | boot | sysv    the checks in order on this machine, which is thrown away afterwards

Each goes on where the one before left the machine. Results to /mnt/out/results.tap: "plan NAME" for all, then "ok NAME",
"not ok NAME # why" or "skip NAME # why" for each, and "done".
"""

import sys
import traceback

from machine import Skip

OUT = "/mnt/out/"


def outcome(function):
    name = function.__name__.replace("_", "-")
    print(f"\n== {name}", flush=True)
    try:
        function()
        return f"ok {name}"
    except Skip as why:
        return f"skip {name} # {why}"
    except Exception as why:  # pylint: disable=broad-except
        traceback.print_exc(file=sys.stdout)
        return f"not ok {name} # {' '.join(str(why).split())[:400] or type(why).__name__}"


def main(mode):
    checks = __import__("checks_" + mode).CHECKS
    with open(OUT + "results.tap", "a", buffering=1) as results:
        for function in checks:
            print("plan " + function.__name__.replace("_", "-"), file=results)
        for function in checks:
            print(outcome(function), file=results)
        print("done", file=results)


if __name__ == "__main__":
    main(sys.argv[1])
