#!/bin/sh
# deps.sh - sees that Debian packages are there, and installs by name those
# that are not. An argument is a package, or package:command where having the
# command is enough, wherever it came from.
set -u

if ! command -v dpkg-query > /dev/null; then
	echo "deps: not a Debian system; needed are the likes of:" $(echo "$@" | sed 's/:[^ ]*//g')
	exit 0
fi

missing=
for want; do
	package=${want%%:*}
	case $want in
	*:*) command -v "${want#*:}" > /dev/null && continue ;;
	esac
	case $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2> /dev/null) in
	?i*) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif sudo -n true 2> /dev/null; then
	as_root='sudo -n'
else
	echo "deps: not here, and no right to install:$missing" >&2
	echo "run:  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
	exit 1
fi

echo "deps: installing$missing"
install() {
	# Unquoted on purpose: each is a list of words.
	$as_root env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -q --no-install-recommends $missing
}
# The lists may be empty or old: then what apt knows does not do.
install > /dev/null 2>&1 || { $as_root apt-get update -q && install; } || {
	echo "deps: apt-get could not install:$missing" >&2
	exit 1
}
