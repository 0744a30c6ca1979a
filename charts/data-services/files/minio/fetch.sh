#!/bin/sh
# The drill's first half: fetches a sample of what the backup has copied off this node, as a restore would, and beside
# it what the store here says it is. `verify.sh` compares. Needs a shell and `mc`, and no other program.
#   SCRATCH         where to:  objects/<number>.{here,there}  names   postgresql/<database>.dump   blobs/<sha256>
#   SAMPLES         how many objects of each bucket, and how many of the registry's blobs
#   IMAGES          the registry's directory; empty: there is none
#   the others      as in backup.sh
set -eu
number=0

fail() {
  printf 'drill: FAILED: %s\n' "$*" >&2
  exit 1
}

credential() {
  [ -s "$CREDENTIALS/$1" ] || fail "$1 is missing or empty"
  cat "$CREDENTIALS/$1"
}

fetch() {
  mc --quiet cp "$1" "$2" >/dev/null </dev/null || fail "$1 cannot be fetched"
}

# list PLACE OPTION…: into $SCRATCH/list. An object store has no place without objects: whoever asks decides whether
# an empty list is right.
list() {
  if ! why=$(mc --quiet find "$@" 2>&1 >"$SCRATCH/list" </dev/null); then
    case $why in
      *'Object does not exist'*) : >"$SCRATCH/list" ;;
      *) fail "$1 cannot be listed: $why" ;;
    esac
  fi
}

# sample LIST: every so many-th line, so that all of the list is reached.
sample() {
  lines=0
  while read -r _; do lines=$((lines + 1)); done <"$1"
  step=$((lines / SAMPLES + 1))
  at=0
  while IFS= read -r line; do
    [ $((at % step)) -ne 0 ] || printf '%s\n' "$line"
    at=$((at + 1))
  done <"$1"
}

root_user=$(credential root/user)
root_password=$(credential root/password)
access_key=$(credential target/access-key)
secret_key=$(credential target/secret-key)
export MC_HOST_store="http://$root_user:$root_password@$S3_ADDRESS"
export MC_HOST_target="$TARGET_SCHEME://$access_key:$secret_key@$TARGET_ADDRESS"
mkdir "$SCRATCH/objects" "$SCRATCH/postgresql" "$SCRATCH/blobs"
: >"$SCRATCH/objects/names"

# What was there two days ago was there at the last copy. Large ones would not fit the scratch volume.
for bucket in $BUCKETS; do
  list "store/$bucket" --older-than 2d --smaller 16MiB
  sample "$SCRATCH/list" >"$SCRATCH/chosen"
  while IFS= read -r object; do
    number=$((number + 1))
    fetch "$object" "$SCRATCH/objects/$number.here"
    fetch "target/$TARGET/minio/${object#store/}" "$SCRATCH/objects/$number.there"
    printf '%s %s\n' "$number" "${object#store/}" >>"$SCRATCH/objects/names"
  done <"$SCRATCH/chosen"
done

# The newest dump of each database: names sort by time, and so does the list.
for database in $DATABASES; do
  newest=
  list "target/$TARGET/postgresql/$database" --name '*.dump'
  while IFS= read -r dump; do
    newest=$dump
  done <"$SCRATCH/list"
  [ -n "$newest" ] || fail "$database: there is no dump at the target"
  fetch "$newest" "$SCRATCH/postgresql/$database.dump"
done

# has_blobs: whether the registry here holds any. Each image has a blob that is small, its manifest.
has_blobs() {
  for blob in "$IMAGES"/docker/registry/v2/blobs/sha256/*/*/data; do
    [ ! -f "$blob" ] || return 0
  done
  return 1
}

if [ -n "$IMAGES" ]; then
  list "target/$TARGET/registry/blobs" --name data --smaller 16MiB
  [ -s "$SCRATCH/list" ] || ! has_blobs || fail "the registry has images, and there is no blob of them at the target"
  sample "$SCRATCH/list" >"$SCRATCH/chosen"
  while IFS= read -r blob; do
    digest=${blob%/data}
    fetch "$blob" "$SCRATCH/blobs/${digest##*/}"
  done <"$SCRATCH/chosen"
fi
rm "$SCRATCH/list" "$SCRATCH/chosen"
printf 'drill: fetched %s objects\n' "$number"
