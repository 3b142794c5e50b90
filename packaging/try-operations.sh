#!/bin/bash
# Tries the chapter on operations on a clean machine: a Debian root made from nothing, in which the commands of the book are run as they
# stand there. What needs a running systemd is checked by systemd-analyze, and the service is started by its own ExecStart line, as its
# user, with its environment and its credential.
#
#     packaging/try-operations.sh PROGRAM [ROOT.tar]
#
# Needs root, mmdebstrap and the network, or a root that `mmdebstrap` made before with the packages below.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
program=$(realpath "$1")
tar=${2:-}
packages=systemd,nginx-light,openssl,curl,ca-certificates,postgresql,postgresql-client,oathtool,adduser,iproute2
root=$(mktemp -d /tmp/operations.XXXXXX)
trap 'rm -rf --one-file-system "$root"' EXIT

if [ -z "$tar" ]; then
    tar=$root.tar
    mmdebstrap --variant=minbase --include="$packages" bookworm "$tar"
fi
tar -C "$root" -xf "$tar"

# The blocks of code of a section of the book, one file each, as they stand there.
blocks() {
    awk -v section="## $1" -v to="$2" '
        /^## / { inside = ($0 == section) }
        inside && /^```/ { if (open) { open = 0; close(file) } else { open = 1; file = to "." ++n; printf "" > file }; next }
        inside && open { print > file }
    ' "$here/docs/book/src/operations.md"
}
mkdir -p "$root/try"
blocks "Setting it up, step by step" "$root/try/setup"
blocks "PostgreSQL on another machine" "$root/try/postgres"
blocks "A new version" "$root/try/version"
blocks "When a passphrase or the last administrator is lost" "$root/try/lost"
install -m 0755 "$program" "$root/try/ijsberg"
install -m 0644 "$here/packaging/ijsberg.service" "$root/try/ijsberg.service"
install -m 0755 "$here/packaging/try-operations-inside.sh" "$root/try/inside"

# Its own network, so that nothing of this machine is in the way, and its own processes, which end with it.
unshare --mount --pid --net --fork --kill-child --mount-proc="$root/proc" bash -euo pipefail -c '
    mount --bind /dev "$0/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$0/dev/shm"
    exec chroot "$0" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 /try/inside
' "$root"
