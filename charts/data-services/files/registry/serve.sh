#!/bin/sh
# Serves the registry and collects its garbage, so that the two never write at once.
#
# A collection deletes every blob that no manifest names at the moment it looks; a push that has sent its
# layers and not yet its manifest would lose them. So a collection runs beside a server that refuses writes,
# and only after the one that accepted them has exited:
#
#   writable ──time, or USR1──▶ read-only, collecting ──done──▶ writable
#
# Which of the two runs is remembered nowhere: whatever kills this script, the next start is writable, and an
# interrupted collection leaves at worst garbage for the next one.
#
# Signals: TERM ends it after the requests in flight; USR1 collects now; USR2 and ALRM are its own.
# usage: serve.sh WRITABLE_CONFIG READ_ONLY_CONFIG STORAGE_DIRECTORY
# environment: COLLECT_AT (HH:MM, UTC; empty: only on USR1), COLLECT_ON (1 Monday … 7 Sunday, 0 every day),
#   COLLECT_UNTAGGED (true: manifests that no tag names are garbage too)
set -u

writable_config=$1
read_only_config=$2
repositories=$3/docker/registry/v2/repositories

mode=writable
requested=no
collected=no
stopping=no
interrupted=no
server=
clock=
collector=

# Handlers only note what happened; `await` acts on it.
trap 'interrupted=yes; stopping=yes' TERM INT
trap 'interrupted=yes; requested=yes' USR1
trap 'interrupted=yes; collected=yes' USR2
trap 'interrupted=yes' ALRM

log() {
  printf 'time="%s" level=%s msg="%s"\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2"
}

# An empty argument is a process that does not run.
terminate() {
  [ -z "$1" ] || kill -TERM "$1" 2>/dev/null || :
}

server_must_end() {
  case $stopping-$mode-$requested-$collected in
    yes-* | no-writable-yes-* | no-read-only-*-yes) return 0 ;;
  esac
  return 1
}

# The exit status of a child. While it waits it ends the server as soon as that must end, and again at each tick
# of the clock: a signal between the check and `wait` wakes nobody, and a server that has just been started can
# lose one. Ticks and signals interrupt `wait`; when the child ended at the same moment, the next `wait` does not
# know it any more (127) and the status before was its own.
await() {
  before=127
  while :; do
    interrupted=no
    if server_must_end; then
      terminate "$server"
    fi
    wait "$1"
    status=$?
    if [ "$status" -eq 127 ]; then
      return "$before"
    fi
    if [ "$interrupted" = no ]; then
      return "$status"
    fi
    before=$status
  done
}

is_due() {
  [ "${1#* }" = "${COLLECT_AT:-}" ] && { [ "${COLLECT_ON:-0}" = 0 ] || [ "${1% *}" = "$COLLECT_ON" ]; }
}

# Wakes the main shell every 5 s, once with USR1 in the minute of a collection.
tick() {
  nap=
  announced=no
  trap 'terminate "$nap"; exit 0' TERM
  while :; do
    sleep 5 &
    nap=$!
    wait "$nap"
    signal=ALRM
    if is_due "$(date -u '+%u %H:%M')"; then
      [ "$announced" = yes ] || signal=USR1
      announced=yes
    else
      announced=no
    fi
    kill -s "$signal" $$ || exit 0
  done
}

# Collects, tells the main shell with USR2 that it has ended, and returns the collector's status.
collect() {
  work=
  trap 'interrupted=yes; terminate "$work"' TERM
  set -- garbage-collect --quiet
  [ "${COLLECT_UNTAGGED:-false}" != true ] || set -- "$@" --delete-untagged
  registry "$@" "$read_only_config" &
  work=$!
  await "$work"
  collection=$?
  kill -s USR2 $$
  return "$collection"
}

# Runs a server until it ends.
serve() {
  registry serve "$1" &
  server=$!
  await "$server"
  served=$?
  server=
}

# Ends the script if it is to end, or if the server did not end because it had to.
leave_unless_due() {
  if server_must_end && [ "$stopping" = no ]; then
    return
  fi
  terminate "$clock"
  terminate "$collector"
  [ "$stopping" = no ] || exit 0
  log error "the registry ended by itself with status $served, $mode"
  exit 1
}

tick &
clock=$!
while :; do
  mode=writable
  log info "serving pulls and pushes"
  serve "$writable_config"
  leave_unless_due
  requested=no
  # A registry that nobody has pushed to has no such directory, and the collector fails without it.
  if [ ! -d "$repositories" ]; then
    log info "the registry is empty: nothing to collect"
    continue
  fi

  mode=read-only
  log info "serving pulls only; collecting garbage"
  collect &
  collector=$!
  serve "$read_only_config"
  leave_unless_due
  if await "$collector"; then
    log info "garbage collected"
  else
    log error "garbage collection failed: what it left behind is collected next time"
  fi
  collector=
  collected=no
  requested=no
done
