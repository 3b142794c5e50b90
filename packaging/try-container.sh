#!/bin/bash
# Tries the image of packaging/Containerfile: the demonstration in it, then the service with a certificate.
#
#     packaging/try-container.sh [DIST]
#
# With podman, docker or buildah and podman the image is built and run. Where none of them works, its second stage is done step by step
# in a chroot, from the files that `cargo xtask release` has written to DIST (dist): its COPY lines, its user, its folder, its
# ENTRYPOINT and CMD. Needs openssl and curl, and root for the chroot.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
dist=$(realpath "${1:-$here/dist}")
file=$here/packaging/Containerfile
place=$(mktemp -d /tmp/container.XXXXXX)
builder=
server=
container=ijsberg-try-$$
finish() {
    # Its unshare ends with it; the other way round nothing would end, since the program has changed its user.
    [ -z "$server" ] || { kill -KILL $(cat "/proc/$server/task/$server/children") && wait "$server"; } 2> /dev/null || true
    [ -z "$builder" ] || "$builder" rm --force "$container" > /dev/null 2>&1 || true
    rm -rf --one-file-system "$place"
}
trap finish EXIT

step() { printf '\n== %s\n' "$1"; }
fail() { printf 'FAILED: %s\n' "$1" >&2; exit 1; }

for name in podman docker; do
    if command -v "$name" > /dev/null && "$name" info > /dev/null 2>&1; then builder=$name; break; fi
done

# What is mounted into a container: state of its user, and secrets that its user reads.
mkdir -p "$place/state" "$place/secrets"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout "$place/secrets/tls.key" -out "$place/secrets/tls.crt" 2> /dev/null

# Asks the service until it answers.
answers() {
    for _ in $(seq 100); do
        if curl -s --fail --cacert "$place/secrets/tls.crt" -o /dev/null https://localhost:8217/health; then return 0; fi
        sleep 0.2
    done
    return 1
}

# The register of the demonstration becomes that of the service.
arrange() {
    mv "$place/state/demo/register" "$place/state/register"
    cp "$place/state/demo/passphrase" "$place/secrets/passphrase"
    chown -R 10001:10001 "$place/state/" "$place/secrets/"
    chmod 0400 "$place/secrets/passphrase" "$place/secrets/tls.key"
}

if [ -n "$builder" ]; then
    step "Build with $builder"
    "$builder" build --file "$file" --tag ijsberg-try "$here"
    chown 10001:10001 "$place/state"
    chmod 0755 "$place"
    step "The demonstration"
    "$builder" run --rm --network none --volume "$place/state:/var/lib/ijsberg" ijsberg-try demo --lang en --out /var/lib/ijsberg/demo
    arrange
    step "The service"
    "$builder" run --detach --name "$container" --publish 127.0.0.1:8217:8217 --volume "$place/state:/var/lib/ijsberg" \
        --volume "$place/secrets:/run/secrets:ro" ijsberg-try
    answers || { "$builder" logs "$container"; fail "the service does not answer"; }
    step "Everything holds"
    exit 0
fi

step "Step by step: no builder works here"
root=$place/root
mkdir -p "$root"
# The second stage, with lines that go on joined.
stage=$(sed -e ':a' -e '/\\$/{N;s/\\\n *//;ba' -e '}' "$file" | sed -n '/^FROM scratch/,$p')
list() { sed -n "s/^$1 \[\(.*\)\]\$/\1/p" <<< "$stage" | tr -d '"' | sed 's/, */ /g'; }
mkdir "$place/own"
grep '^COPY ' <<< "$stage" | while read -r _ line; do
    owner=0:0
    sources=()
    for word in $line; do
        case $word in
            --from=build) ;;
            --chown=*) owner=${word#--chown=} ;;
            /own) sources+=("$place/own/.") ;;
            /src/dist/*) sources+=("$dist/${word#/src/dist/}") ;;
            *) to=$root$word ;;
        esac
    done
    case $to in
        */bin/*) mkdir -p "$(dirname "$to")" ;;
        *) mkdir -p "$to" ;;
    esac
    cp -r "${sources[@]}" "$to"
    chown "$owner" "$to"
done
user=$(sed -n 's/^USER //p' <<< "$stage")
work=$(sed -n 's/^WORKDIR //p' <<< "$stage")
read -r -a entry <<< "$(list ENTRYPOINT)"
read -r -a service <<< "$(list CMD)"
[ "${entry[*]}" = /usr/bin/ijsberg ] || fail "another program: ${entry[*]}"
find "$root" -type f
# What every runtime of containers puts in.
mkdir -p "$root/dev" "$root/proc" "$root/run/secrets"
mv "$place/state" "$place/unused"
ln -s "$root/var/lib/ijsberg" "$place/state"

# What is begun with `replace=exec` has the number of its unshare.
inside() {
    ${replace:-} unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" bash -euo pipefail -c '
        root=$1 user=$2 work=$3
        shift 3
        mount --bind /dev "$root/dev"
        mount --bind "$0" "$root/run/secrets"
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot --userspec="$user" "$root" "$1" "${@:2}"
    ' "$place/secrets" "$root" "$user" "$work" "$@"
}
step "The demonstration"
inside "${entry[@]}" demo --lang en --out "$work/demo"
arrange
step "The service: ${service[*]}"
( replace=exec; inside "${entry[@]}" "${service[@]}" ) > "$place/log" 2>&1 &
server=$!
answers || { cat "$place/log"; fail "the service does not answer"; }
step "Everything holds"
