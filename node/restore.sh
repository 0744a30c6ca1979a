#!/bin/sh
# Reads what /etc/platform/backup.sh has written: checks it, or puts K3s' state back from it.
# Exit codes: 0 done, 1 refused or failed, 2 wrong use.
set -eu
umask 077

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
assume_yes=no
check=no
file=
key=

usage() {
	cat <<USAGE
Usage: sh $0 FILE --key KEY [--check] [--yes]

  --key KEY  the private key that belongs to the certificate the file was made for
  --check    only proves that it can be read and is whole; changes nothing, needs no root, runs on any Linux
  --yes      do not ask
USAGE
}

while [ $# -gt 0 ]; do
	case $1 in
	--yes) assume_yes=yes ;;
	--check) check=yes ;;
	--key)
		[ $# -gt 1 ] || { usage >&2 && exit 2; }
		shift
		key=$1
		;;
	-h | --help)
		usage
		exit 0
		;;
	-*)
		usage >&2
		exit 2
		;;
	*) file=$1 ;;
	esac
	shift
done
if [ -z "$file" ] || [ -z "$key" ]; then
	usage >&2
	exit 2
fi

# shellcheck source=machine.sh
. "$here/machine.sh"
# shellcheck source=common/etc/platform/check-copy.sh
. "$here/common/etc/platform/check-copy.sh"

refuse() {
	printf 'error: %s\n' "$1" >&2
	exit 1
}

for program in sqlite3 openssl; do
	command -v "$program" >/dev/null || refuse "$program is missing: apt-get install $program"
done
for readable in "$file" "$key"; do
	[ -r "$readable" ] || refuse "$readable cannot be read"
done
server=$root/var/lib/rancher/k3s/server
staged=$server.restoring
aside=$server.before-restore
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT
openssl cms -decrypt -binary -inform DER -in "$file" -inkey "$key" -out "$work/tar" 2>"$work/why" ||
	refuse "$file cannot be decrypted with $key: $(tail -n 1 "$work/why")"
mkdir "$work/copy"
tar -C "$work/copy" -xpf "$work/tar" || refuse "$file cannot be unpacked into $work"
rm "$work/tar"
held=$(check_copy "$work/copy") || refuse "$file is not whole"
echo "$file: $held"
[ "$check" = no ] || exit 0

# minor VERSION: of v1.36.3+k3s1, 36.
minor() {
	printf '%s\n' "$1" | sed -n 's/^v1\.\([0-9]*\)\..*/\1/p'
}

require_root
installed=$("$root/usr/local/bin/k3s" --version 2>/dev/null | sed -n 's/^k3s version \([^ ]*\).*/\1/p')
[ -n "$installed" ] || refuse 'K3s is not installed here: sudo sh node/install.sh'
copied=$(cat "$work/copy/k3s-version")
[ "$(minor "$installed")" -ge "$(minor "$copied")" ] ||
	refuse "the copy is of K3s $copied, which $installed cannot read: install that version first"
[ ! -e "$aside" ] || [ -d "$server" ] || refuse "an earlier restore was cut off: rename $aside to $server, and begin again"
[ ! -e "$aside" ] || refuse "$aside is there from an earlier restore; remove it if nobody needs it"
cat <<PLAN

  - stop K3s; the pods go on
  - move $server to $aside
  - put datastore, token and certificates of the file in its place, and the node's password
  - start K3s

/etc/rancher/k3s is not touched: install.sh writes it. Volumes are not part of the file.
PLAN
confirm
# All of it beside its place first: a full disk, or somebody who ends this here, leaves K3s as it is.
rm -rf "$staged"
mkdir -p "$staged/db"
cp -p "$work/copy/state.db" "$staged/db/state.db"
cp -Rp "$work/copy/token" "$work/copy/tls" "$work/copy/cred" "$staged/"
sync
systemctl stop k3s
if [ -d "$server" ]; then mv "$server" "$aside"; fi
mv "$staged" "$server"
# Without it K3s takes this machine for another one of the same name.
if [ -s "$work/copy/etc/node/password" ]; then
	mkdir -p "$root/etc/rancher/node"
	cp -p "$work/copy/etc/node/password" "$root/etc/rancher/node/password"
fi
systemctl start k3s || refuse "K3s does not start: journalctl -u k3s -e. Back again: stop it, remove $server, and rename $aside to it"
echo "K3s is started; what was there is $aside"
