#!/bin/sh
# Copies what this node would lose with its disk to an S3 store outside of it: the objects of the buckets, the dumps of
# the databases and the registry's images. It adds and overwrites, and removes nothing there: how long old versions and
# deleted objects stay is the target's own life cycle. One part that fails does not keep the others from being copied;
# the exit code tells.
#
# Keys reach `mc` through its environment, never as arguments, which every process of the node could read.
#   CREDENTIALS     root/{user,password} of the store here, target/{access-key,secret-key} of the store there
#   S3_ADDRESS      host:port of the store here
#   TARGET_SCHEME   http or https      TARGET_ADDRESS  host:port      TARGET  bucket, or bucket/prefix
#   BUCKETS         names, separated by blanks
#   DUMPS, IMAGES   directories; empty: there are none
set -eu
failed=0

log() {
  printf 'backup: %s\n' "$*"
}

fail() {
  printf 'backup: FAILED: %s\n' "$*" >&2
  failed=1
}

credential() {
  [ -s "$CREDENTIALS/$1" ] || {
    fail "$1 is missing or empty; for the target: kubectl -n data create secret generic backup-target --from-file=access-key --from-file=secret-key"
    exit 1
  }
  cat "$CREDENTIALS/$1"
}

# copy SOURCE NAME [OPTION…]: what differs, by size and time.
copy() {
  source=$1
  name=$2
  shift 2
  if mc --quiet mirror --overwrite --retry "$@" "$source" "target/$TARGET/$name" >/dev/null </dev/null; then
    log "$name is copied"
  else
    fail "$name was not copied whole; what was there before stays"
  fi
}

root_user=$(credential root/user)
root_password=$(credential root/password)
access_key=$(credential target/access-key)
secret_key=$(credential target/secret-key)
export MC_HOST_store="http://$root_user:$root_password@$S3_ADDRESS"
export MC_HOST_target="$TARGET_SCHEME://$access_key:$secret_key@$TARGET_ADDRESS"

for bucket in $BUCKETS; do
  copy "store/$bucket" "minio/$bucket"
done
if [ -n "$DUMPS" ]; then
  copy "$DUMPS" postgresql --exclude '*.partial'
fi
# The names before the blobs: whatever is pushed in between is missing as a whole, never in part.
if [ -n "$IMAGES" ] && [ -d "$IMAGES/docker/registry/v2/repositories" ]; then
  copy "$IMAGES/docker/registry/v2/repositories" registry/repositories --exclude '*/_uploads/*'
  copy "$IMAGES/docker/registry/v2/blobs" registry/blobs
fi
[ "$failed" -eq 0 ] || exit 1
log "done"
