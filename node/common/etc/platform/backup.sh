#!/bin/sh
# Copies what only this machine has and no pod can reach: K3s' datastore with its token, certificates and encryption
# keys, K3s' configuration, and Grafana's database. One file, encrypted for a certificate whose key is not on this
# machine, and besides for a key that is made for this run and thrown away after it: with that the file is read back
# from where it lies, and checked like a restore would. Run by platform-backup.timer as soon as
# /etc/platform/backup.conf is there, which the shell reads:
#   BACKUP_DIRECTORY=/mnt/nas/t495              a mounted place outside of this machine
#   BACKUP_CERTIFICATE=/etc/platform/backup.crt
#   BACKUP_KEEP=14                              files that stay
# It leaves metrics that node-exporter reads. Exit codes: 0 done, 1 failed, 2 not configured.
set -eu
umask 077

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# Another root than /, for tests.
root=${MACHINE_ROOT:-}
conf=$root/etc/platform/backup.conf
server=$root/var/lib/rancher/k3s/server
k3s=$root/usr/local/bin/k3s
metrics=$root/var/lib/platform/metrics/backup.prom
succeeded=platform_node_backup_last_success_timestamp_seconds
failed=0

fail() {
	printf 'backup: FAILED: %s\n' "$1" >&2
	failed=1
}

stop() {
	fail "$1"
	exit 1
}

if [ ! -r "$conf" ]; then
	printf 'backup: there is no %s; docs/operations/backup-and-restore.md says what belongs into it\n' "$conf" >&2
	exit 2
fi
exec 9<"$conf"
if ! flock -n 9; then
	echo 'backup: another run is under way' >&2
	exit 1
fi

# last PART: when it last succeeded, as the metrics of the run before say.
last() {
	sed -n "s/^$succeeded{part=\"$1\"} //p" "$metrics" 2>/dev/null || true
}

# write_metrics FAILED. A part without a time has never succeeded, or is not there.
write_metrics() {
	(umask 022 && mkdir -p "${metrics%/*}")
	{
		echo '# HELP platform_node_backup_failed Whether the last run failed, in any part.'
		echo '# TYPE platform_node_backup_failed gauge'
		echo "platform_node_backup_failed $1"
		echo "# HELP $succeeded When the part was last copied, read back and checked."
		echo "# TYPE $succeeded gauge"
		[ -z "$k3s_at" ] || echo "$succeeded{part=\"k3s\"} $k3s_at"
		[ -z "$grafana_at" ] || echo "$succeeded{part=\"grafana\"} $grafana_at"
	} >"$metrics.draft"
	chmod 0644 "$metrics.draft"
	mv "$metrics.draft" "$metrics"
}

finish() {
	[ "$1" = 0 ] || failed=1
	rm -rf "$work" "${partial:-$work}"
	write_metrics "$failed" || echo "backup: $metrics cannot be written" >&2
}

k3s_at=$(last k3s)
grafana_at=$(last grafana)
work=$(mktemp -d)
trap 'finish $?' EXIT
trap 'exit 143' TERM INT
# A run that is killed, because the place does not answer, cannot say so: until its end each run has failed. From the
# first one on there is a series.
write_metrics 1 || true
# shellcheck source=check-copy.sh
. "$here/check-copy.sh"
# shellcheck source=/dev/null
. "$conf"
: "${BACKUP_DIRECTORY:?}" "${BACKUP_CERTIFICATE:?}" "${BACKUP_KEEP:=14}"
case $BACKUP_KEEP in
'' | 0* | *[!0-9]*) stop "BACKUP_KEEP is $BACKUP_KEEP; it has to be a number, 1 at the least" ;;
esac
for program in sqlite3 openssl; do
	command -v "$program" >/dev/null || stop "$program is missing: apt-get install $program"
done
openssl x509 -in "$BACKUP_CERTIFICATE" -noout 2>/dev/null || stop "$BACKUP_CERTIFICATE is no certificate"
directory=${BACKUP_DIRECTORY%/}/
[ -d "$directory" ] || stop "$directory is not there"
# A mount that is not there would fill this machine's own disk, whichever of its file systems it is.
for own in "$root/" "$server"; do
	[ "${BACKUP_ON_THIS_DISK:-no}" = no ] || break
	[ "$(stat -c %d "$directory")" != "$(stat -c %d "$own")" ] ||
		stop "$directory is on the disk that it shall outlive: is it mounted?"
done

copy=$work/copy
mkdir "$copy"

# sqlite FILE NAME: a copy of one moment while its program goes on writing. Not `.backup`, which begins anew with each
# write of the program and never ends on a datastore that is written to many times a second.
sqlite() {
	sqlite3 "$1" '.timeout 60000' "VACUUM INTO '$copy/$2'"
}

[ -f "$server/db/state.db" ] || stop "$server/db/state.db is not there: K3s keeps its state elsewhere"
sqlite "$server/db/state.db" state.db || stop "$server/db/state.db cannot be copied"
# With their times: K3s refuses files that are newer than what its datastore holds of them.
cp -Rp "$server/token" "$server/tls" "$server/cred" "$copy/" || stop "token, tls or cred of $server cannot be copied"
cp -Rp "$root/etc/rancher" "$copy/etc"
"$k3s" --version | sed -n 's/^k3s version \([^ ]*\).*/\1/p' >"$copy/k3s-version"
[ -s "$copy/k3s-version" ] || stop 'K3s does not say its version'

# Its claim decides which volume is Grafana's: a file of that name may lie in anybody's.
copy_grafana() {
	volume=$("$k3s" kubectl --cache-dir="$work/kube" --request-timeout=30s --namespace=monitoring get pvc grafana \
		--ignore-not-found --output='jsonpath={.spec.volumeName}') || return 1
	if [ -z "$volume" ]; then
		grafana_at=
		return 0
	fi
	for database in \
		"$root"/var/lib/kubelet/pods/*/volumes/kubernetes.io~csi/"$volume"/mount/grafana.db \
		"$root/var/lib/rancher/k3s/storage/${volume}_monitoring_grafana/grafana.db"; do
		if [ -f "$database" ] && [ ! -L "$database" ]; then
			sqlite "$database" grafana.db
			return
		fi
	done
	return 1
}
if ! copy_grafana; then
	fail "Grafana's database cannot be copied: does Grafana run? If it is gone for good, delete its claim"
	rm -f "$copy/grafana.db"
fi

(cd "$copy" && find . -type f -exec sha256sum {} + >"$work/sums")
mv "$work/sums" "$copy/SHA256SUMS"
tar -C "$copy" -cf "$work/tar" . || stop 'no archive could be made'
objects=$(objects_in "$copy/state.db") || stop "$server/db/state.db is not the datastore of K3s"
rm -r "$copy"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=this-run \
	-keyout "$work/key" -out "$work/crt" 2>/dev/null || stop "no key for this run could be made"
name=node-$(date -u +%Y%m%dT%H%M%SZ)-$objects
partial=$directory$name.partial
openssl cms -encrypt -binary -stream -aes256 -outform DER -in "$work/tar" -out "$partial" \
	"$BACKUP_CERTIFICATE" "$work/crt" || stop "$partial could not be written"
sync "$partial"
rm "$work/tar"
openssl cms -decrypt -binary -inform DER -in "$partial" -recip "$work/crt" -inkey "$work/key" -out "$work/tar" ||
	stop "$partial cannot be read back"
mkdir "$work/back"
tar -C "$work/back" -xf "$work/tar" || stop "$partial is cut off"
held=$(check_copy "$work/back") || stop "$partial is no copy, so it is not kept"

# Names sort by time.
copies() {
	find "$directory" -maxdepth 1 -type f -name 'node-*.cms' | sort -r
}

# A cluster that shrank this much may be another, new one: night after night it would take the place of the old one's.
before=$(copies | head -n 1 | sed -n 's/.*Z-\([0-9]*\)\.cms$/\1/p')
if [ "$((objects * 2))" -lt "${before:-0}" ]; then
	rm -f "$directory"node-*.smaller
	mv "$partial" "$directory$name.smaller"
	stop "K3s has $objects objects, and had $before at the last copy: is something lost? The copy is set aside as $directory$name.smaller, and no other one went; if it is right, rename it to $name.cms"
fi

file=$directory$name.cms
mv "$partial" "$file"
sync "$directory" || true
k3s_at=$(date +%s)
[ ! -e "$work/back/grafana.db" ] || grafana_at=$k3s_at
newest=$(copies | head -n 1)
[ "$newest" = "$file" ] || fail "$newest is of a time that has not come: was the clock wrong then, or is it now?"
# Never the new one, whatever the clock said when the others were made.
copies | grep -vxF "$file" | tail -n "+$BACKUP_KEEP" | while IFS= read -r old; do rm "$old"; done
# What aborted runs have left.
find "$directory" -maxdepth 1 -type f -name 'node-*.partial' -mmin +1440 -exec rm -f {} +
printf 'backup: %s: %s\n' "$file" "$held"
[ "$failed" = 0 ]
