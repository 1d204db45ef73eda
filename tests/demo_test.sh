#!/bin/sh
# Does script/demo end well by itself, with a row for each policy, and leave
# nothing behind?  Four times as fast as for people, since only that is asked.
# The answer is TAP.
cd "$(dirname "$0")/.." || exit 1

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
failures=0

# check SENTENCE COMMAND...
check() {
	sentence=$1
	shift
	if "$@" >/dev/null; then
		echo "ok - $sentence"
	else
		echo "not ok - $sentence"
		failures=$((failures + 1))
	fi
}

mkdir "$tmp/files"
TMPDIR=$tmp/files PICKET_DEMO_SCALE=60 script/demo --once >"$tmp/out" 2>&1
status=$?
check "the demo ends well" test "$status" -eq 0
check "round_robin has a row" grep -Eq '^round_robin +1493 ' "$tmp/out"
check "package_aware has a row" grep -Eq '^package_aware +1493 ' "$tmp/out"
check "nothing is left behind" rmdir "$tmp/files"
[ $failures -eq 0 ] || sed 's/^/# /' "$tmp/out"
[ $failures -eq 0 ]
