#!/bin/sh
# Compiles the Rust library, from src: without a network where the crates came along.
set -e

PATH=$PATH:${HOME:-/}/.cargo/bin
export PATH

if [ -f rust/vendor.tar.xz ]; then
  [ -d rust/vendor ] || (cd rust && tar -xJf vendor.tar.xz)
  # Nothing is written outside of the package.
  CARGO_HOME=$(pwd)/rust/target/cargo
  export CARGO_HOME
  exec cargo build --release --lib --quiet --jobs 2 --locked --offline --manifest-path rust/Cargo.toml --target-dir rust/target \
    --config 'source.crates-io.replace-with="vendored"' --config "source.vendored.directory=\"$(pwd)/rust/vendor\""
fi
exec cargo build --release --lib --quiet --jobs 2 --locked --package ijsberg-r --manifest-path rust/Cargo.toml --target-dir rust/target
