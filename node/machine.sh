# shellcheck shell=sh
# Read by preflight.sh, install.sh and reset.sh, which set `here` to their folder.
: "${here:?}" "${assume_yes:=no}"

# An ordinary user's PATH on Debian lacks where ip, modprobe and ufw are.
PATH=$PATH:/usr/sbin:/sbin

# Another root than /, for tests.
# shellcheck disable=SC2034
root=${MACHINE_ROOT:-}

# The files that install.sh has written, one path a line: what is not listed was there before.
# shellcheck disable=SC2034
written=$root/etc/rancher/platform-files

# The plan's figures for one profile; see profiles/<name>/expected.sh.
read_profile() {
	profile_folder=$here/profiles/$1
	if [ ! -r "$profile_folder/expected.sh" ]; then
		printf 'error: there is no profile %s\n  fix: one of %s\n' "$1" "$(profile_names)" >&2
		exit 2
	fi
	# shellcheck source=profiles/t495/expected.sh
	. "$profile_folder/expected.sh"
}

profile_names() {
	for folder in "$here"/profiles/*/; do
		folder=${folder%/}
		printf '%s ' "${folder##*/}"
	done
}

is_active() {
	[ "$(systemctl is-active "$1" 2>/dev/null)" = active ]
}

require_root() {
	[ "$(id -u)" = 0 ] && return
	printf 'error: this changes the machine and needs root\n  fix: sudo sh %s\n' "$0" >&2
	exit 2
}

# Asks unless --yes was given; an empty standard input says no.
confirm() {
	[ "$assume_yes" = yes ] && return
	printf '\nGo on? Write yes: '
	answer=
	read -r answer || true
	[ "$answer" = yes ] && return
	echo 'Nothing was changed.'
	exit 1
}
