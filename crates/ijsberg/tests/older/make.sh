#!/usr/bin/env bash
# Makes a register and a copy of it with an earlier version of the program, for `upgrade.rs`. All people in it are synthetic.
#
#   make.sh PROGRAM FOLDER
#
# PROGRAM is a development build of the earlier version (git worktree add ../earlier f9a451a5, then cargo build there); FOLDER is one
# that does not exist yet, named after the commit.
set -euo pipefail
program=$(realpath "$1")
mkdir "$2"
cd "$2"
printf 'a passphrase for tests' > secret
printf 'a password for tests' > password
register() {
    "$program" register "$@" --passphrase-file secret --password-file password --at register
}
register init --shares 0
for role in registrar case-worker linker statistician auditor records-manager vault-keeper; do
    register user grant keeper "$role"
done
register lane open help --basis consent --assessed 2026-01-01
register lane open statistics --basis "art. 9(2)(j) GDPR" --assessed 2026-01-01
register organisation add shelter --name shelter --kind OPVANG --list Z
register organisation add police --name police --kind NP --list P
cat > help.csv <<'F'
organisation,case,date,sex,minor,nationality,form,first name,surname
shelter,1,2016-05-31,F,no,RO,LABOUR,Kanarie,Kanariescu
police,9,2016-06,F,no,RO,LABOUR,Kanarie,Kanarieskoe
F
cat > statistics.csv <<'F'
organisation,case,date,sex,minor,nationality,form
police,10,2016-07,M,yes,NL,CRIMINAL_ACTIVITY
F
register import help.csv --lane help
register import statistics.csv --lane statistics
register lists --out lists
printf 'file,line,list,person,probability\nZ,2,Z,1,0.900\nP,2,P,1,0.900\n' > linked.csv
register link take linked.csv --lists lists
register user add ada --organisation police --new-password-file password
register user grant ada registrar --organisation police
register backup --out copy
rm -r lists ./*.csv secret password
