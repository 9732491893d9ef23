# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
# Runs the suite in the guest and watches it, for run. Sourced.
#
# The guest writes $out/results.tap: "plan NAME" for each scenario, then "ok NAME", "not ok NAME # why" or "skip NAME # why", and
# "done" at the end; "limit NAME SECONDS" before one that may take longer than usual. A planned scenario without a line has failed: the guest died or hung in it.

stall=${VM_STALL:-240} # seconds without a new line after which the guest counts as hung

count() { grep -c "^$1 " "$out/results.tap" 2>/dev/null || true; }

show_scenario() { # show_scenario NAME FILE-PATTERN...
	local file directory=$out/$1
	shift
	for file in $(cd "$directory" 2>/dev/null && ls $* 2>/dev/null); do
		file=$directory/$file
		[ -s "$file" ] && { echo "  -- ${file#"$out/"}"; sed 's/^/  /' "$file"; }
	done
	return 0
}

relay_lines() { # print the result lines beyond those shown already
	local line
	while IFS= read -r line; do
		shown=$((shown + 1))
		case $line in
		plan\ * | limit\ * | done) continue ;;
		esac
		echo "$line"
		case $line in
		not\ ok\ *) line=${line#not ok }; show_scenario "${line%% *}" "*.txt *.jsonl" ;;
		ok\ *) [ -z "$verbose" ] || { line=${line#ok }; show_scenario "${line%% *}" "notes.txt daemon.txt resets.jsonl"; } ;;
		esac
	done < <(tail -n "+$((shown + 1))" "$out/results.tap" 2>/dev/null | grep -a --line-buffered '')
}

one_boot() { # sets reason where it did not end by itself; the variables are watch_suite's
	local changed=$SECONDS patience=$stall seen=-1 qemu size last
	reason=
	qemu_boot "$accel" "${VM_LIMIT:-2700}" "$console" </dev/null >"$out/qemu.txt" 2>&1 &
	qemu=$!
	while kill -0 $qemu 2>/dev/null; do
		relay_lines
		size=$(stat -c %s "$out/results.tap")
		if [ "$size" != "$seen" ]; then
			seen=$size changed=$SECONDS patience=$stall last=$(tail -n 1 "$out/results.tap")
			case $last in limit\ *) patience=$((${last##* } + stall)) ;; esac
		fi
		if [ $((SECONDS - changed)) -gt "$patience" ]; then
			reason="no progress for $patience s"
			# $qemu is the shell around timeout around QEMU: timeout hands the signal on, the shell would not.
			pkill -TERM -P $qemu
			break
		fi
		sleep 0.3
	done
	wait $qemu || reason=${reason:-"QEMU ended with status $?"}
	relay_lines
}

watch_suite() {
	local started=$SECONDS shown=0 failed=0 reason
	: >"$out/results.tap"
	one_boot
	# Emulated CPUs trip now and then over code that the kernel patches as it starts: nothing of ours is in it yet.
	if [ ! -s "$out/results.tap" ]; then
		mv "$console" "$console.first" 2>/dev/null || true
		echo "vm: SECOND BOOT; the first ended before any scenario: ${reason:-it went down} (${console#"$top/"}.first)"
		one_boot
	fi

	local passed broken skipped planned
	passed=$(count ok) broken=$(count 'not ok') skipped=$(count skip) planned=$(count plan)
	failed=$((planned - passed - skipped))
	if ! grep -qx done "$out/results.tap"; then
		echo "not ok the-guest-finished # ${reason:-it ended before the suite did}; lost: $((planned - passed - broken - skipped)) scenarios"
		failed=$((failed + 1))
		echo "  -- the console's end:"; tail -n 40 "$console" | sed 's/^/  /'
		tail -n 20 "$out/suite.log" "$out/qemu.txt" 2>/dev/null | sed 's/^/  /'
	else
		passed=$((passed + 1))
	fi
	# KCSAN finds races between functions of the kernel itself, which is not ours to mend: they are counted, and told apart by their stacks.
	: >"$out/races-of-kernel.txt"
	awk -v own="$out/races-of-kernel.txt" -f "${BASH_SOURCE[0]%/*}/guest/races.awk" "$console" >"$out/console-ours.txt"
	if grep -aE "$kernel_complaints" "$out/console-ours.txt" >"$out/complaints.txt"; then
		echo "not ok the-console-is-clean # $(head -n 1 "$out/complaints.txt")"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
	[ -z "$verbose" ] || { echo "-- console"; cat "$console"; }
	echo "vm: $passed passed, $failed failed, $skipped skipped in $((SECONDS - started)) s under $accel ($kv)"
	[ ! -s "$out/races-of-kernel.txt" ] ||
		echo "vm: KCSAN: $(grep -c 'BUG: KCSAN' "$out/complaints.txt") races that we have a part in, $(wc -l <"$out/races-of-kernel.txt") of the kernel's own (${out#"$top/"}/races-of-kernel.txt)"
	echo "$passed $failed $skipped" >"${VM_TOTALS:-$out/totals}"
	[ "$failed" = 0 ]
}
