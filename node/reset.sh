#!/bin/sh
# Takes K3s off the machine. Data stays unless a flag names what goes, with the node's name typed after it.
# Shows what it will do and asks. Exit codes: 0 done, 1 refused or failed, 2 wrong use.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
assume_yes=no
profile=t495
delete_state=''
delete_volumes=''
delete_longhorn=''

usage() {
	cat <<USAGE
Usage: sh $0 [PROFILE] [--yes] [--delete-state NODE] [--delete-volumes NODE] [--delete-longhorn NODE]

  Without a --delete flag: pods and K3s stop, its program and configuration go, all data stays, and install.sh
  brings everything back.
  --delete-state NODE     what the cluster knows: /var/lib/rancher/k3s without its volumes, /var/lib/kubelet
  --delete-volumes NODE   volumes of class local-path: /var/lib/rancher/k3s/storage
  --delete-longhorn NODE  volumes of class longhorn: /var/lib/longhorn
  --yes                   do not ask
  NODE is the node's name, written out: the flag deletes data for good.
USAGE
}

while [ $# -gt 0 ]; do
	case $1 in
	--yes) assume_yes=yes ;;
	--delete-state | --delete-volumes | --delete-longhorn)
		[ $# -gt 1 ] || { usage >&2 && exit 2; }
		case $1 in
		--delete-state) delete_state=$2 ;;
		--delete-volumes) delete_volumes=$2 ;;
		*) delete_longhorn=$2 ;;
		esac
		shift
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
for name in "$delete_state" "$delete_volumes" "$delete_longhorn"; do
	[ -z "$name" ] || [ "$name" = "$NODE_NAME" ] && continue
	printf 'error: the node is called %s, not %s\n  fix: nothing was changed; write its name to delete its data\n' \
		"$NODE_NAME" "$name" >&2
	exit 2
done

state=$root/var/lib/rancher/k3s
volumes=$state/storage
longhorn=$root/var/lib/longhorn

size_of() {
	[ -e "$1" ] && du -sh "$1" 2>/dev/null | cut -f 1
}

# fate FLAG PATH TEXT
fate() {
	size=$(size_of "$2") || return 0
	if [ -n "$1" ]; then
		printf '  - DELETE %s, %s: %s\n' "${2#"$root"}" "$size" "$3"
	else
		printf '    keep   %s, %s: %s\n' "${2#"$root"}" "$size" "$3"
	fi
}

show() {
	printf 'On node %s:\n' "$NODE_NAME"
	if is_active k3s; then
		echo '  - let pods stop and release their volumes, for up to 3 minutes'
		echo '  - stop K3s'
	fi
	if is_active platform-backup.timer; then echo "  - end the nightly copies of K3s' state; those that are made stay"; fi
	echo '  - end what pods left running, unmount their file systems, remove their network interfaces'
	echo '  - remove the service, /usr/local/bin/k3s and the files that install.sh wrote'
	fate "$delete_state" "$state" 'what the cluster knows, its keys and, below storage, local-path volumes'
	fate "$delete_volumes" "$volumes" 'volumes of class local-path'
	fate "$delete_longhorn" "$longhorn" 'volumes of class longhorn'
	if [ -n "$delete_state" ] && [ -z "$delete_longhorn" ] && [ -e "$longhorn" ]; then
		echo '    Without the cluster that knows them, Longhorn reads its kept volumes only by its own recovery.'
	fi
}

stop() {
	if is_active k3s; then
		# Not a drain for the pods' sake alone: Longhorn's volumes are detached while there is still an API server.
		# By eviction: Longhorn's budgets keep what a volume runs in until nobody has it mounted any more.
		"$root/usr/local/bin/k3s" kubectl drain "$NODE_NAME" --ignore-daemonsets --delete-emptydir-data --force \
			--timeout=180s || echo 'note: not every pod stopped in time'
	fi
	systemctl disable --now k3s || true
	systemctl disable --now platform-backup.timer 2>/dev/null || true
	for group in kubepods kubepods.slice; do
		[ -w "$root/sys/fs/cgroup/$group/cgroup.kill" ] && echo 1 >"$root/sys/fs/cgroup/$group/cgroup.kill"
	done
	for process in "$root"/proc/[0-9]*; do
		[ -r "$process/cmdline" ] || continue
		case $(tr '\0' ' ' <"$process/cmdline") in
		"$state"/data/*/bin/containerd-shim*) kill -KILL "${process##*/}" || true ;;
		esac
	done
}

# Mount points below a folder, the deepest first.
mounts_below() {
	awk -v folder="$1/" 'index($2 "/", folder) == 1 { print $2 }' "$root/proc/self/mounts" | sort -r
}

release() {
	for folder in "$root/run/k3s" "$root/var/lib/kubelet"; do
		for mount in $(mounts_below "$folder"); do umount "$mount" || umount -l "$mount"; done
	done
	if command -v iscsiadm >/dev/null 2>&1; then
		iscsiadm -m session 2>/dev/null | grep -o 'iqn\.2019-10\.io\.longhorn:[^ ]*' | sort -u | while read -r target; do
			iscsiadm -m node -T "$target" -u || true
		done
	fi
	for interface in cni0 flannel.1; do
		ip link show "$interface" >/dev/null 2>&1 && ip link delete "$interface"
	done
	return 0
}

remove_program() {
	[ -r "$written" ] && while read -r file; do
		rm -f "$root/$file"
		if [ -e "$root/$file.before-platform" ]; then mv "$root/$file.before-platform" "$root/$file"; fi
	done <"$written"
	rm -f "$written" "$root/var/lib/platform/metrics/backup.prom"
	systemctl daemon-reload
	[ "$(readlink "$root/usr/local/bin/kubectl")" = k3s ] && rm -f "$root/usr/local/bin/kubectl"
	rm -f "$root/usr/local/bin/k3s"
}

# Empties a folder, which may be a disk of its own, and goes into no other file system below it.
delete() {
	left=$(mounts_below "$1" | grep -vxF "$1" || true)
	if [ -n "$left" ]; then
		printf 'error: still mounted: %s\n  fix: reboot, then run this again\n' "$left" >&2
		exit 1
	fi
	[ -e "$1" ] || return 0
	find "$1" -xdev -mindepth 1 -delete
	rmdir "$1" 2>/dev/null || rm -f "$1" 2>/dev/null || true
}

delete_data() {
	if [ -n "$delete_state" ]; then
		for entry in "$state"/* "$root/var/lib/kubelet" "$root/var/lib/cni" "$root/etc/rancher/node"; do
			[ "$entry" = "$volumes" ] || delete "$entry"
		done
	fi
	if [ -n "$delete_volumes" ]; then delete "$volumes"; fi
	if [ -n "$delete_longhorn" ]; then delete "$longhorn"; fi
}

require_root
require_node
show
confirm
stop
release
remove_program
delete_data
echo 'Done. Firewall rules of K3s go with the next reboot.'
