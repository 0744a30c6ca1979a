/**
 * The store itself cannot be had as a package, so the provisioning script runs against a stand-in for its client
 * `mc`: one that keeps buckets, users and policies as files, refuses what the real one refuses, and writes down
 * how it was called. Its behaviour follows mc RELEASE.2026-08-06.
 */
export const MC_STAND_IN = String.raw`#!/bin/sh
set -eu
[ "$1" = --quiet ] && shift
printf '%s\n' "$*" >>"$STORE/calls"
[ "$MC_HOST_store" = "$EXPECTED_HOST" ] || { echo 'mc: <ERROR> Access Denied.' >&2; exit 1; }
if [ -s "$STORE/fails" ] && grep -qxF -- "$*" "$STORE/fails"; then
  echo "mc: <ERROR> $* failed" >&2
  exit 1
fi
bucket() { echo "$STORE/buckets/\${1#store/}"; }
case "$1 $2" in
  'admin info')
    if [ -s "$STORE/down" ]; then
      sed -i 1d "$STORE/down"
      echo 'mc: <ERROR> connection refused' >&2
      exit 1
    fi ;;
  'mb --ignore-existing') mkdir -p "$(bucket "$3")" ;;
  'version enable') [ -d "$(bucket "$3")" ]; echo on >"$(bucket "$3")/.versioning" ;;
  'ilm rule') [ "$3" = import ]; [ -d "$(bucket "$4")" ]; cat >"$(bucket "$4")/.lifecycle" ;;
  'admin policy')
    case $3 in
      create) cat "$6" >"$STORE/policies/$5" ;;
      attach)
        [ -e "$STORE/policies/$5" ] || { echo 'mc: <ERROR> no such policy' >&2; exit 1; }
        [ -e "$STORE/users/$7" ] || { echo 'mc: <ERROR> no such user' >&2; exit 1; }
        echo "$5" >"$STORE/users/$7.policy" ;;
    esac ;;
  'admin user') [ "$3" = add ]; read -r name; read -r secret; echo "$secret" >"$STORE/users/$name" ;;
  *) echo "mc: unknown command $*" >&2; exit 1 ;;
esac
`.replaceAll("\\$", "$");
