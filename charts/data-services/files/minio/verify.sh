#!/bin/sh
# The drill's second half, in the database's image: objects are the same here and there, dumps can be read from their
# first to their last byte, and blobs have the digest that is their name.
#   SCRATCH    what fetch.sh left     DATABASES  names, separated by blanks
set -eu
failed=0
objects=0
blobs=0

fail() {
  printf 'drill: FAILED: %s\n' "$*" >&2
  failed=1
}

while read -r number name; do
  objects=$((objects + 1))
  cmp -s "$SCRATCH/objects/$number.here" "$SCRATCH/objects/$number.there" ||
    fail "$name differs between the store and its copy"
done <"$SCRATCH/objects/names"

for database in $DATABASES; do
  pg_restore --file=/dev/null "$SCRATCH/postgresql/$database.dump" ||
    fail "$database: the newest dump at the target cannot be read"
done

for blob in "$SCRATCH"/blobs/*; do
  [ -e "$blob" ] || continue
  blobs=$((blobs + 1))
  digest=$(sha256sum "$blob")
  [ "${digest%% *}" = "${blob##*/}" ] || fail "the registry's blob ${blob##*/} has another content at the target"
done
[ -n "$DATABASES" ] || [ $((objects + blobs)) -gt 0 ] || fail "nothing was there to be fetched, so nothing is proven"
[ "$failed" -eq 0 ] || exit 1
printf 'drill: %s objects, the dumps of %s and %s blobs came back as they were\n' "$objects" "${DATABASES:-no database}" "$blobs"
