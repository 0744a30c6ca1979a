/**
 * A stand-in for the client `mc` where it moves objects between two stores, each a directory: `$STORE/store` is the one
 * here, `$STORE/target` the one outside. It refuses other keys than the expected ones, an option that it does not know,
 * and whatever `$STORE/fails` names. Its behaviour follows mc RELEASE.2026-08-06.
 */
export const MC_TRANSFER_STAND_IN = String.raw`#!/bin/sh
set -eu
[ "$1" = --quiet ] && shift
printf '%s\n' "$*" >>"$STORE/calls"
[ "$MC_HOST_store" = "$EXPECTED_STORE" ] && [ "$MC_HOST_target" = "$EXPECTED_TARGET" ] || {
  echo 'mc: <ERROR> Access Denied.' >&2
  exit 1
}
fails() {
  [ -s "$STORE/fails" ] && grep -qF -- "$1" "$STORE/fails"
}
place() {
  case $1 in
    store/* | target/*) echo "$STORE/$1" ;;
    *) echo "$1" ;;
  esac
}
command=$1
shift
exclude='no such name'
name='*'
while :; do
  case \${1:-} in
    --overwrite | --retry) shift ;;
    --exclude) exclude=$2; shift 2 ;;
    *) break ;;
  esac
done
case $command in
  mirror)
    from=$(place "$1")
    to=$(place "$2")
    [ -d "$from" ] || { echo "mc: <ERROR> $1 does not exist" >&2; exit 1; }
    fails "$2" && { echo "mc: <ERROR> $2: connection reset" >&2; exit 1; }
    cd "$from"
    find . -type f | while IFS= read -r file; do
      file=\${file#./}
      case $file in $exclude) continue ;; esac
      mkdir -p "$(dirname "$to/$file")"
      cmp -s "$file" "$to/$file" || cp "$file" "$to/$file"
    done ;;
  find)
    root=$1
    shift
    while [ $# -gt 0 ]; do
      case $1 in
        --name) name=$2; shift 2 ;;
        --older-than | --smaller) shift 2 ;;
        *) echo "mc: unknown option $1" >&2; exit 1 ;;
      esac
    done
    fails "$root" && { echo "mc: <ERROR> $root: connection reset" >&2; exit 1; }
    [ -d "$(place "$root")" ] || { echo "mc: <ERROR> Unable to stat $root. Object does not exist." >&2; exit 1; }
    (cd "$STORE" && find "$root" -type f -name "$name" | sort) ;;
  cp)
    [ -f "$(place "$1")" ] || { echo "mc: <ERROR> $1 does not exist" >&2; exit 1; }
    cp "$(place "$1")" "$2" ;;
  *) echo "mc: unknown command $command" >&2; exit 1 ;;
esac
`.replaceAll("\\$", "$");
