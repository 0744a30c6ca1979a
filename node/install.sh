#!/bin/sh
# Makes a checked machine the node of a profile: system settings, the pinned K3s, its configuration.
# Shows what it will do and asks; what is done already is not done again.
# Exit codes: 0 done, 1 refused or failed, 2 wrong use.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
assume_yes=no
binary=
checked=yes
profile=t495

usage() {
	cat <<USAGE
Usage: sh $0 [PROFILE] [--yes] [--binary FILE] [--without-preflight]

  --yes                do not ask
  --binary FILE        the released k3s binary, for a machine without internet; its checksum is compared all the same
  --without-preflight  go on although preflight.sh wants something mended
USAGE
}

while [ $# -gt 0 ]; do
	case $1 in
	--yes) assume_yes=yes ;;
	--without-preflight) checked=no ;;
	--binary)
		[ $# -gt 1 ] || { usage >&2 && exit 2; }
		shift
		binary=$1
		;;
	-h | --help)
		usage
		exit 0
		;;
	-*)
		usage >&2
		exit 2
		;;
	*) profile=$1 ;;
	esac
	shift
done

# shellcheck source=machine.sh
. "$here/machine.sh"
read_profile "$profile"

# The first pass shows each change, the second one makes it.
pass=show
changes=0

# True when the change is to be made now.
change() {
	if [ "$pass" = make ]; then
		printf '… %s\n' "$1"
		return 0
	fi
	changes=$((changes + 1))
	printf '  - %s\n' "$1"
	return 1
}

packages() {
	wanted='curl ca-certificates iputils-ping'
	[ "$LONGHORN" = yes ] && wanted="$wanted open-iscsi nfs-common"
	missing=
	for package in $wanted; do
		[ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = 'install ok installed' ] || missing="$missing $package"
	done
	[ -z "$missing" ] && return
	change "install packages:$missing" || return 0
	apt-get update -qq
	# shellcheck disable=SC2086
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing
}

files_changed=no

is_written() {
	grep -qxF "$1" "$written" 2>/dev/null
}

# Everything below common/ and the profile's folder, to the same place below /.
files() {
	for source in "$here/common" "$profile_folder"; do
		for file in $(cd "$source" && find etc -type f | sort); do
			target=$root/$file
			cmp -s "$source/$file" "$target" && continue
			files_changed=yes
			if [ -e "$target" ] && ! is_written "$file"; then
				change "replace /$file; what is there goes to $file.before-platform" || continue
				cp -p "$target" "$target.before-platform"
			else
				change "write /$file" || continue
			fi
			case $file in
			etc/rancher/*) mode=0600 ;;
			*) mode=0644 ;;
			esac
			mkdir -p "${target%/*}" "${written%/*}"
			install -m "$mode" "$source/$file" "$target"
			is_written "$file" || echo "$file" >>"$written"
		done
	done
}

modules() {
	while read -r module; do
		case $module in '' | \#*) continue ;; esac
		[ -d "$root/sys/module/$module" ] && continue
		[ "$module" = iscsi_tcp ] && [ "$LONGHORN" = no ] && continue
		change "load the kernel module $module" || continue
		modprobe "$module"
	done <"$here/common/etc/modules-load.d/platform.conf"
}

settings() {
	different=
	while IFS='= ' read -r name value; do
		case $name in '' | \#*) continue ;; esac
		path=$root/proc/sys/$(printf %s "$name" | tr . /)
		[ "$(cat "$path" 2>/dev/null)" = "$value" ] || different="$different $name"
	done <"$here/common/etc/sysctl.d/90-platform.conf"
	[ -z "$different" ] && return
	change "set$different" || return 0
	sysctl -q -p "$here/common/etc/sysctl.d/90-platform.conf"
}

swap() {
	used=$(awk 'NR > 1 { printf " %s", $1 }' "$root/proc/swaps" 2>/dev/null)
	if [ -n "$used" ]; then
		change "switch swap off:$used" && swapoff -a
	fi
	grep -q '^[^#].*[[:space:]]swap[[:space:]]' "$root/etc/fstab" 2>/dev/null || return 0
	change 'comment swap out in /etc/fstab' || return 0
	sed -i.before-platform 's/^\([^#].*[[:space:]]swap[[:space:]].*\)$/# platform: \1/' "$root/etc/fstab"
}

services() {
	if [ "$LONGHORN" = yes ] && ! is_active iscsid; then
		change 'start iscsid, now and at boot' && systemctl enable --now iscsid
	fi
	[ "$files_changed" = yes ] || return 0
	change 'have systemd read its configuration again' || return 0
	systemctl daemon-reload
	systemctl kill --signal=HUP systemd-logind
	systemctl restart systemd-journald
	if is_active multipathd; then systemctl reload multipathd; fi
}

# Somebody has said where to (docs/operations/backup-and-restore.md), before reset.sh took the timer away.
nightly_copy() {
	[ -e "$root/etc/platform/backup.conf" ] || return 0
	is_active platform-backup.timer && return
	change "start the nightly copies of K3s' state, now and at boot" || return 0
	systemctl enable --now platform-backup.timer
}

checksum_of() {
	[ -r "$1" ] && sha256sum "$1" | cut -d ' ' -f 1
}

k3s_changed=no

k3s_binary() {
	target=$root/usr/local/bin/k3s
	if [ "$(checksum_of "$target")" != "$K3S_SHA256" ]; then
		k3s_changed=yes
		from=${binary:-https://github.com/k3s-io/k3s/releases/download/$(printf %s "$K3S_VERSION" | sed 's/+/%2B/')/k3s}
		change "install K3s $K3S_VERSION from $from (SHA-256 $K3S_SHA256)" || return 0
		mkdir -p "${target%/*}"
		draft=$target.draft
		if [ -n "$binary" ]; then cp "$binary" "$draft"; else curl -fsSL --retry 3 -o "$draft" "$from"; fi
		if [ "$(checksum_of "$draft")" != "$K3S_SHA256" ]; then
			printf 'error: %s has the SHA-256 %s\n  fix: get the file again; were it the right one, the pin in versions.ts would be wrong\n' \
				"$from" "$(checksum_of "$draft")" >&2
			rm -f "$draft"
			exit 1
		fi
		chmod 0755 "$draft"
		mv "$draft" "$target"
	fi
	[ -e "$root/usr/local/bin/kubectl" ] && return
	change 'make kubectl a name of k3s' || return 0
	ln -s k3s "$root/usr/local/bin/kubectl"
}

k3s_service() {
	started=no
	if ! is_active k3s; then
		change 'start K3s, now and at boot' || return 0
		systemctl daemon-reload
		systemctl enable --now k3s
		started=yes
	elif [ "$files_changed" = yes ] || [ "$k3s_changed" = yes ]; then
		change 'restart K3s; pods go on' || return 0
		systemctl restart k3s
	else
		return 0
	fi
	deadline=60
	until "$root/usr/local/bin/k3s" kubectl get node "$NODE_NAME" >/dev/null 2>&1; do
		deadline=$((deadline - 1))
		if [ "$deadline" = 0 ]; then
			printf 'error: the node %s did not appear within 5 minutes\n  fix: journalctl -u k3s -e\n' "$NODE_NAME" >&2
			exit 1
		fi
		sleep 5
	done
	# reset.sh drained it, and the datastore remembers.
	if [ "$started" = yes ]; then "$root/usr/local/bin/k3s" kubectl uncordon "$NODE_NAME"; fi
	"$root/usr/local/bin/k3s" kubectl wait --for=condition=Ready "node/$NODE_NAME" --timeout=300s
}

steps() {
	packages
	files
	modules
	settings
	swap
	services
	k3s_binary
	k3s_service
	nightly_copy
}

require_root
require_node
if [ "$checked" = yes ] && ! sh "$here/preflight.sh" "$profile"; then
	printf 'error: the machine does not fit yet\n  fix: mend what is listed above; --without-preflight goes on all the same\n' >&2
	exit 1
fi
printf '\nOn this machine, as node %s of profile %s:\n' "$NODE_NAME" "$PROFILE"
steps
if [ "$changes" = 0 ]; then
	echo '  nothing: everything is as it should be.'
	exit 0
fi
confirm
pass='make'
files_changed=no
k3s_changed=no
steps
cat <<NEXT

The node is ready. From another machine: copy /etc/rancher/k3s/k3s.yaml, replace 127.0.0.1 by $NODE_ADDRESS,
and let it be judged: corepack pnpm platform doctor --profile $PROFILE --kubeconfig FILE
NEXT
