# shellcheck shell=sh
# Read by backup.sh and restore.sh: what a copy has to hold before it counts, and before anything is replaced by it.

# check_copy FOLDER: prints what it holds, or says what is wrong and fails.
check_copy() {
	(
		cd "$1" || exit 1
		sha256sum -c SHA256SUMS >/dev/null || exit 1
		for part in k3s-version state.db token tls/server-ca.key cred/encryption-config.json; do
			[ -s "$part" ] || wrong "there is no $part in it"
		done
		for database in *.db; do
			[ "$(sqlite3 "$database" 'PRAGMA integrity_check')" = ok ] || wrong "$database is damaged"
		done
		objects=$(objects_in state.db) || wrong 'state.db is not the datastore of K3s'
		[ "$objects" -gt 0 ] || wrong 'the datastore is empty'
		users=
		if [ -e grafana.db ]; then
			users=$(sqlite3 grafana.db 'SELECT count(*) FROM user') || wrong "grafana.db is not Grafana's database"
			[ "$users" -gt 0 ] || wrong "Grafana's database is empty"
		fi
		printf '%s objects of K3s %s, its token and certificates%s\n' "$objects" "$(cat k3s-version)" "${users:+, Grafana with $users users}"
	)
}

# What comes and goes within the hour says nothing about whether the rest is there.
objects_in() {
	sqlite3 "$1" "SELECT count(DISTINCT name) FROM kine WHERE name NOT LIKE '/registry/events/%'"
}

wrong() {
	printf '%s\n' "$1" >&2
	exit 1
}
