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
  --check    only proves that it can be read and is whole; changes nothing, needs no root, runs on any machine
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

refuse() {
	printf 'error: %s\n' "$1" >&2
	exit 1
}

command -v sqlite3 >/dev/null || refuse 'sqlite3 is missing: apt-get install sqlite3'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl cms -decrypt -binary -inform DER -in "$file" -inkey "$key" -out "$work/tar" 2>/dev/null ||
	refuse "$file cannot be decrypted with $key"
mkdir "$work/copy"
tar -C "$work/copy" -xf "$work/tar" || refuse "$file is cut off"
rm "$work/tar"
[ -s "$work/copy/token" ] || refuse "$file holds no token: the datastore could not be read"
for database in "$work"/copy/*.db; do
	[ "$(sqlite3 "$database" 'PRAGMA integrity_check')" = ok ] || refuse "${database##*/} in $file is damaged"
done
objects=$(sqlite3 "$work/copy/state.db" 'SELECT count(DISTINCT name) FROM kine')
echo "$file: $objects objects of K3s, its token and certificates$([ -f "$work/copy/grafana.db" ] && echo ", Grafana's database")"
[ "$check" = no ] || exit 0

require_root
server=$root/var/lib/rancher/k3s/server
aside=$server.before-restore
[ ! -e "$aside" ] || refuse "$aside is there from an earlier restore; remove it if nobody needs it"
cat <<PLAN

  - stop K3s; the pods go on
  - move $server to $aside
  - put datastore, token and certificates of the file in its place
  - start K3s

/etc/rancher/k3s is not touched: install.sh writes it. Volumes are not part of the file.
PLAN
confirm
systemctl stop k3s
[ ! -d "$server" ] || mv "$server" "$aside"
mkdir -p "$server/db"
cp "$work/copy/state.db" "$server/db/state.db"
cp "$work/copy/token" "$server/token"
cp -R "$work/copy/tls" "$work/copy/cred" "$server/"
if [ -f "$work/copy/grafana.db" ]; then
	cp "$work/copy/grafana.db" "$root/var/lib/rancher/grafana.db"
	echo "Grafana's database is /var/lib/rancher/grafana.db; see docs/operations/backup-and-restore.md"
fi
systemctl start k3s
echo "K3s is started; what was there is $aside"
