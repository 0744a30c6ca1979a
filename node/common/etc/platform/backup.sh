#!/bin/sh
# Copies what only this machine has and no pod can reach: K3s' datastore with its token, certificates and encryption
# keys, K3s' configuration, and Grafana's database. One file, encrypted for a certificate whose key is not on this
# machine. Run by platform-backup.timer as soon as /etc/platform/backup.conf is there:
#   BACKUP_DIRECTORY=/mnt/nas/t495              a mounted place outside of this machine
#   BACKUP_CERTIFICATE=/etc/platform/backup.crt
#   BACKUP_KEEP=14                              files that stay
# Exit codes: 0 done, 1 failed, 2 not configured.
set -eu
umask 077

# Another root than /, for tests.
root=${MACHINE_ROOT:-}
conf=$root/etc/platform/backup.conf
server=$root/var/lib/rancher/k3s/server

stop() {
	printf 'backup: FAILED: %s\n' "$1" >&2
	exit "${2:-1}"
}

[ -r "$conf" ] || stop "there is no $conf; docs/operations/backup-and-restore.md says what belongs into it" 2
# shellcheck source=/dev/null
. "$conf"
: "${BACKUP_DIRECTORY:?}" "${BACKUP_CERTIFICATE:?}" "${BACKUP_KEEP:=14}"
command -v sqlite3 >/dev/null || stop "sqlite3 is missing: apt-get install sqlite3" 2
openssl x509 -in "$BACKUP_CERTIFICATE" -noout 2>/dev/null || stop "$BACKUP_CERTIFICATE is no certificate" 2
# A mount that is not there would fill this machine's own disk.
if [ "${BACKUP_ON_THIS_DISK:-no}" = no ] &&
	[ "$(stat -c %d "$BACKUP_DIRECTORY" 2>/dev/null || echo none)" = "$(stat -c %d "$server")" ]; then
	stop "$BACKUP_DIRECTORY is on the disk that it shall outlive: is it mounted?"
fi
[ -d "$BACKUP_DIRECTORY" ] || stop "$BACKUP_DIRECTORY is not there"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT
copy=$work/copy
mkdir "$copy"

# sqlite FILE NAME: a consistent copy while its program runs.
sqlite() {
	sqlite3 "$1" ".timeout 60000" ".backup '$copy/$2'" || stop "$1 cannot be copied"
	[ "$(sqlite3 "$copy/$2" 'PRAGMA integrity_check')" = ok ] || stop "the copy of $1 is damaged"
}

[ -f "$server/db/state.db" ] || stop "$server/db/state.db is not there: K3s keeps its state elsewhere"
sqlite "$server/db/state.db" state.db
objects=$(sqlite3 "$copy/state.db" 'SELECT count(DISTINCT name) FROM kine')
[ "$objects" -gt 0 ] || stop "the datastore is empty"
cp "$server/token" "$copy/token" || stop "the token is not there; without it nothing of this can be read"
cp -R "$server/tls" "$server/cred" "$copy/"
cp -R "$root/etc/rancher/k3s" "$copy/etc"

# A claim of Longhorn is mounted below the kubelet's folder, one of local-path is a folder of its own.
for database in \
	"$root"/var/lib/kubelet/pods/*/volumes/kubernetes.io~csi/*/mount/grafana.db \
	"$root"/var/lib/rancher/k3s/storage/*_monitoring_grafana/grafana.db; do
	[ -f "$database" ] || continue
	sqlite "$database" grafana.db
done

file=$BACKUP_DIRECTORY/node-$(date -u +%Y%m%dT%H%M%SZ).cms
tar -C "$copy" -cf - . |
	openssl cms -encrypt -binary -stream -aes256 -outform DER -out "$file.partial" "$BACKUP_CERTIFICATE" ||
	stop "could not be encrypted"
[ -s "$file.partial" ] || stop "$file is empty"
mv "$file.partial" "$file"
sync "$BACKUP_DIRECTORY"

# Names sort by time.
find "$BACKUP_DIRECTORY" -maxdepth 1 -name 'node-*.cms' | sort -r | tail -n "+$((BACKUP_KEEP + 1))" |
	while IFS= read -r old; do rm "$old"; done
printf 'backup: %s: %s objects of K3s%s\n' "$file" "$objects" "$([ -f "$copy/grafana.db" ] && echo ', Grafana')"
