#!/bin/bash
# Installs the package for Debian in a clean root, runs the demonstration there, and removes the package again.
#
#     packaging/try-deb.sh dist/ijsberg_VERSION_ARCHITECTURE.deb [ROOT.tar]
#
# Needs root. The root is ROOT.tar, or what mmdebstrap or debootstrap makes (with the network), or, where there is neither, an empty one
# with nothing but the database of dpkg: a program that needs no library runs there too.
set -euo pipefail

package=$(realpath "$1")
tar=${2:-}
root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT

step() { printf '\n== %s\n' "$1"; }
fail() { printf 'FAILED: %s\n' "$1" >&2; exit 1; }
field() { dpkg-deb --field "$package" "$1"; }

step "A clean root"
if [ -n "$tar" ]; then
    tar -C "$root" -xf "$tar"
elif command -v mmdebstrap > /dev/null; then
    mmdebstrap --variant=minbase bookworm "$root"
elif command -v debootstrap > /dev/null; then
    debootstrap --variant=minbase bookworm "$root"
else
    echo "an empty one: there is no mmdebstrap and no debootstrap"
    mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
    : > "$root/var/lib/dpkg/status"
fi
mkdir -p "$root/dev" "$root/proc" "$root/tmp"

step "Install"
# In a root that is a system its own dpkg installs; in an empty one there is none.
if [ -x "$root/usr/bin/dpkg" ]; then
    cp "$package" "$root/package.deb"
    manage() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" dpkg "$@"; }
    manage --install /package.deb
else
    manage() { dpkg --root="$root" "$@"; }
    manage --install "$package"
fi
manage --status ijsberg | grep -q '^Status: install ok installed$' || fail "dpkg says that it is not installed"
changed=$(manage --verify ijsberg)
[ -z "$changed" ] || fail "files are not as they were packed: $changed"

step "What belongs to it"
for file in bin/ijsberg lib/systemd/system/ijsberg.service share/doc/ijsberg/copyright share/doc/ijsberg/ijsberg.cdx.json; do
    # Images of Debian for containers leave documentation out.
    [ -s "$root/usr/$file" ] || grep -rqs path-exclude "$root/etc/dpkg" || fail "/usr/$file is missing"
done
for page in "$root"/usr/share/man/man1/ijsberg*.gz; do
    [ ! -e "$page" ] || gzip --test "$page"
done
bash -n "$root/usr/share/bash-completion/completions/ijsberg"
[ ! -e "$root/etc/systemd/system/multi-user.target.wants/ijsberg.service" ] || fail "the service was enabled"

step "The demonstration"
# Without a network, and with processes of its own, which end with it.
unshare --mount --pid --net --fork --kill-child --mount-proc="$root/proc" bash -euo pipefail -c '
    mount --bind /dev "$0/dev"
    run() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ LANG=C.UTF-8 chroot "$0" /usr/bin/ijsberg "$@"; }
    run --version
    run demo --lang en --out /demo
' "$root" | tee "$root/said"
grep -qF "ijsberg $(field Version | tr '~' '-')" "$root/said" || fail "the program has another version than the package"
[ -d "$root/demo/register" ] || fail "the demonstration made no register"

step "Remove"
manage --purge ijsberg
[ ! -e "$root/usr/bin/ijsberg" ] || fail "the program is still there"
step "Everything holds"
