# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   awk [-v own=FILE] [-v live=1] -f races.awk KERNEL-LOG
#
# The log without the kernel's own data races: KCSAN reports in neither of whose stacks is a function of nf_rstwhy, but for what an interrupt
# had come upon: a timer that goes off in a function of ours is none of its work. Their first lines go to
# FILE, so that they can be counted and read; what else was said in the middle of one stays. A report that the log's end cuts off stays, too,
# unless the log is that of a living machine, which has yet to write the rest.
/BUG: KCSAN:/ {
	inside = 1
	ours = 0
	interrupted = 0
	held = ""
	title = $0
}
!inside {
	print
	next
}
/ by (task|interrupt)/ { interrupted = 0 } # another stack begins
/\[nf_rstwhy\]/ && !interrupted { ours = 1 }
/\] +asm_[a-z_]*(sysvec|interrupt)/ { interrupted = 1 }
/(BUG|WARNING|UBSAN):|Oops|general protection/ && !/KCSAN/ {
	print
	next
}
{ held = held $0 "\n" }
/==========/ {
	inside = 0
	if (ours)
		printf "%s", held
	else if (own)
		print title > own
}
END {
	if (inside && !live)
		printf "%s", held
}
