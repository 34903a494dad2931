# shellcheck shell=bash
# What the commands in this folder share. Source it after `set -euo pipefail`; it moves to the root.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
start=$PWD
cd "$root" || exit

# Debian's own interpreter: the modules that bootstrap installs belong to it.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
export PYTHONDONTWRITEBYTECODE=1

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# usage: prints the comment at the head of the calling script.
usage() {
	sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$0"
}

# from_start PATH: a path as the user typed it, seen from the root.
from_start() {
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s\n' "$start/$1" ;;
	esac
}
