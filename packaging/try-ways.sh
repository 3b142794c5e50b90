#!/bin/bash
# Installs what a release consists of in clean Debian roots, each in the way that its users do, and runs it there without a network.
#
#     packaging/try-ways.sh [--root ROOT.tar] DIST [WAY...]
#
# The ways are `deb`, `archive`, `wheel`, `r`, `cargo` and `brew`; without one, all of them, and each must have its file in DIST, where
# `cargo xtask release` and `cargo xtask r` put it. Needs root, and mmdebstrap or debootstrap with the network, or a ROOT.tar that one
# of them made before with the packages below. Rust comes from this machine: Debian's is older. With IJSBERG_LIBRARY, a library that is
# there, the package for R needs no Rust. Homebrew is no package of Debian: brew.rb does what the formula says. `cargo` and `brew` compile
# the program, which takes long; what is theirs in common is compiled once. Containers are tried by try-container.sh.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
tar=
if [ "${1:-}" = --root ]; then tar=$(realpath "$2"); shift 2; fi
dist=$(realpath "$1")
shift
ways=("$@")
[ ${#ways[@]} != 0 ] || ways=(deb archive wheel r cargo brew)
place=$(mktemp -d /tmp/ways.XXXXXX)
trap 'rm -rf --one-file-system "$place"' EXIT
root=
mounts=
target=
path=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

step() { printf '\n== %s\n' "$1"; }
fail() { printf 'FAILED: %s\n' "$1" >&2; exit 1; }

# The one file of DIST that a pattern is of.
file() {
    local found
    found=$(find "$dist" -maxdepth 1 -type f -regextype posix-extended -regex ".*/$1" | sort)
    [ -n "$found" ] || fail "there is no $1 in $dist"
    [ "$(wc -l <<< "$found")" = 1 ] || fail "there are several $1 in $dist"
    printf '%s\n' "$found"
}

# A clean root with some packages of Debian, from the mirror that is usual here.
clean() {
    local include=$1
    rm -rf --one-file-system "$place/root"
    root=$place/root mounts=
    mkdir "$root"
    step "A clean root${include:+ with $include}"
    if [ -n "$tar" ]; then
        tar -C "$root" -xf "$tar"
    elif command -v mmdebstrap > /dev/null; then
        mmdebstrap --quiet --variant=minbase ${include:+--include="$include"} bookworm "$root"
    elif command -v debootstrap > /dev/null; then
        debootstrap --variant=minbase ${include:+--include="$include"} bookworm "$root" > /dev/null
    else
        fail "neither mmdebstrap nor debootstrap is here"
    fi
    mkdir -p "$root/try"
    cp "$here/data/netherlands-2010-2015.csv" "$root/try/table.csv"
}

# Runs in the root without a network, and with processes of its own, which end with it.
inside() {
    unshare --mount --pid --net --fork --kill-child --mount-proc="$root/proc" bash -euo pipefail -c '
        root=$1 mounts=$2 path=$3 target=$4
        shift 4
        mount --bind /dev "$root/dev"
        for from in $mounts; do
            mkdir -p "$root$from"
            mount --bind "$from" "$root$from"
        done
        exec env -i PATH="$path" HOME=/root LANG=C.UTF-8 ${IJSBERG_LIBRARY:+IJSBERG_LIBRARY=/try/library.a} \
            CARGO_HOME=/try/cargo CARGO_NET_OFFLINE=true ${target:+CARGO_TARGET_DIR="$target"} chroot "$root" "$@"
    ' inside "$root" "$mounts" "$path" "$target" "$@"
}

# The compiler of this machine, at the place where it is here.
with_rust() {
    local toolchain
    toolchain=$(rustc --print sysroot) || fail "there is no Rust here"
    mounts=$toolchain
    path=$toolchain/bin:$path
}

# The compiler, the crates that were fetched here before (there is no network in the root), and a place for what is compiled.
with_crates() {
    with_rust
    mkdir -p "$root/try/cargo" "$place/target"
    cp -r "${CARGO_HOME:-$HOME/.cargo}/registry" "$root/try/cargo/registry"
    target=$place/target
    mounts="$mounts $target"
}

# The program says what it is, and what is known of the table.
program() {
    inside "$1" --version
    inside "$1" estimate /try/table.csv --lang en | tee "$place/said" | sed -n '/^Verdict/,/^$/p'
    grep -q 'Publish a minimum only' "$place/said" || fail "another verdict"
}

try_deb() {
    local package
    package=$(file 'ijsberg_[^/]*\.deb')
    "$here/packaging/try-deb.sh" "$package" ${tar:+"$tar"}
}

try_archive() {
    local archive
    archive=$(file 'ijsberg-[^/]*-linux-[^/]*\.tar\.gz')
    clean ""
    step "Unpack $(basename "$archive")"
    tar -C "$root/try" -xf "$archive" --strip-components=1
    for part in LICENSE-MIT ijsberg.service man/ijsberg.1 completions/bash; do
        [ -s "$root/try/$part" ] || fail "$part is missing"
    done
    install -m 0755 "$root/try/ijsberg" "$root/usr/local/bin/ijsberg"
    program /usr/local/bin/ijsberg
    step "The demonstration"
    inside /usr/local/bin/ijsberg demo --lang en --out /demo
    [ -d "$root/demo/register" ] || fail "the demonstration made no register"
    step "Where there is nothing else, not even a library"
    mkdir -p "$place/empty"
    cp "$root/try/ijsberg" "$place/empty/"
    chroot "$place/empty" /ijsberg --version
}

try_wheel() {
    local wheel
    wheel=$(file 'ijsberg-[^/]*\.whl')
    clean python3-venv
    step "Install $(basename "$wheel")"
    cp "$wheel" "$root/try/"
    inside python3 -m venv /try/python
    # Nothing is fetched: it needs no other package.
    inside /try/python/bin/pip install --quiet --no-index "/try/$(basename "$wheel")"
    inside /try/python/bin/python -c '
import ijsberg
found = ijsberg.estimate("/try/table.csv")
print(found.verdict, found.at_least)
assert found.verdict == "lower-bound-only", found.verdict
'
}

try_r() {
    local package
    package=$(file 'ijsberg_[0-9.]+\.tar\.gz')
    clean r-base-core,gcc,libc6-dev,make,xz-utils
    if [ -n "${IJSBERG_LIBRARY:-}" ]; then cp "$IJSBERG_LIBRARY" "$root/try/library.a"; else with_rust; fi
    step "Install $(basename "$package")"
    cp "$package" "$root/try/"
    inside R CMD INSTALL --library=/usr/local/lib/R/site-library "/try/$(basename "$package")"
    inside Rscript -e '
library(ijsberg)
found <- mse(read.csv("/try/table.csv"))
print(verdict(found))
stopifnot(grepl("minimum only", paste(capture.output(verdict(found)), collapse = " ")))
'
}

try_cargo() {
    local source
    source=$(file 'ijsberg-[^/]*-src\.tar\.gz')
    clean gcc,libc6-dev,make,perl
    with_crates
    step "Build from $(basename "$source")"
    mkdir "$root/try/source"
    tar -C "$root/try/source" -xf "$source" --strip-components=1
    inside cargo install --quiet --locked --path /try/source/crates/ijsberg --root /usr/local
    program /usr/local/bin/ijsberg
}

try_brew() {
    local formula source name made
    formula=$(file 'ijsberg\.rb')
    source=$(file 'ijsberg-[^/]*-src\.tar\.gz')
    name=$(basename "$source")
    clean gcc,libc6-dev,make,perl,ruby
    with_crates
    step "Read ijsberg.rb"
    cp "$formula" "$source" "$here/packaging/brew.rb" "$root/try/"
    inside ruby -wc /try/ijsberg.rb
    ! grep -n '@[A-Z0-9]*@' "$formula" || fail "the formula leaves something open"
    # It is of the file that was given out, whose sum the list has.
    (cd "$dist" && grep -F "  $name" SHA256SUMS | sha256sum --check --strict)
    grep -qF "sha256 \"$(sed -n "s/  $name\$//p" "$dist/SHA256SUMS")\"" "$formula" || fail "the formula has another sum than SHA256SUMS"
    step "Install by its steps, and its test"
    inside ruby /try/brew.rb /try/ijsberg.rb "/try/$name" /usr/local/Cellar | tee "$place/made"
    made=$(tail -n 1 "$place/made")
    for part in share/man/man1/ijsberg.1 etc/bash_completion.d/ijsberg share/zsh/site-functions/_ijsberg \
        share/fish/vendor_completions.d/ijsberg.fish; do
        [ -s "$root$made/$part" ] || fail "$part is missing"
    done
    bash -n "$root$made/etc/bash_completion.d/ijsberg"
    program "$made/bin/ijsberg"
}

for way in "${ways[@]}"; do
    case $way in
        deb | archive | wheel | r | cargo | brew) ;;
        *) fail "another way: $way" ;;
    esac
    path=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin target=
    "try_$way"
    step "Installed: $way"
done
step "Everything holds: ${ways[*]}"
