#!/bin/sh
# Makes the buckets, users and policies that the platform's components need. It can run any number of times:
# it creates what is missing, sets what Git decides (versioning, life cycle, policies, the users' secrets) and
# never deletes a bucket, an object, a user or a policy.
#
# Secrets reach `mc` through its environment and standard input, never as arguments, which every process of
# the node could read.
#
# usage: provision.sh CONFIGURATION CREDENTIALS
#   CONFIGURATION/buckets               one line a bucket: its name and `versioned` or `plain`
#   CONFIGURATION/<bucket>.policy.json  what the bucket's user may do
#   CONFIGURATION/<bucket>.lifecycle.json  optional; replaces the bucket's life cycle
#   CREDENTIALS/root/{user,password}, CREDENTIALS/<bucket>/{access-key,secret-key}
# environment: S3_ADDRESS (host:port), WAIT_SECONDS (how long to wait for the server)
set -eu

configuration=$1
credentials=$2

fail() {
  echo "provision: $1" >&2
  exit 1
}

# The content of a credential; a Secret's file ends without a newline, a hand-made one may have it.
credential() {
  [ -s "$credentials/$1" ] || fail "$credentials/$1 is missing or empty: see the secret ledger of the plan"
  cat "$credentials/$1"
}

root_user=$(credential root/user)
root_password=$(credential root/password)
# `mc` knows the server `store` from this variable; no configuration file is written.
export MC_HOST_store="http://$root_user:$root_password@$S3_ADDRESS"

# An authenticated call: it tells a server that is not up yet from credentials that it refuses only by its
# message, so the last message is what the failure shows.
wait_for_server() {
  waited=0
  until message=$(mc --quiet admin info store 2>&1 </dev/null); do
    [ "$waited" -lt "$WAIT_SECONDS" ] || fail "$S3_ADDRESS did not answer within $WAIT_SECONDS s: $message"
    sleep 2
    waited=$((waited + 2))
  done
}

provision_bucket() {
  bucket=$1
  versioning=$2
  policy=platform-$bucket
  user=$(credential "$bucket/access-key")
  secret=$(credential "$bucket/secret-key")

  mc --quiet mb --ignore-existing "store/$bucket" </dev/null
  case $versioning in
    versioned) mc --quiet version enable "store/$bucket" </dev/null ;;
    plain) ;;
    *) fail "bucket $bucket: $versioning is neither versioned nor plain" ;;
  esac
  if [ -f "$configuration/$bucket.lifecycle.json" ]; then
    mc --quiet ilm rule import "store/$bucket" <"$configuration/$bucket.lifecycle.json"
  fi

  mc --quiet admin policy create store "$policy" "$configuration/$bucket.policy.json" </dev/null
  # Creates the user or sets its secret: a rotated Secret takes effect with the next run.
  printf '%s\n%s\n' "$user" "$secret" | mc --quiet admin user add store
  mc --quiet admin policy attach store "$policy" --user "$user" </dev/null
  echo "provision: bucket $bucket is ready for user $user"
}

wait_for_server
while read -r bucket versioning; do
  provision_bucket "$bucket" "$versioning"
done <"$configuration/buckets"
