#!/bin/bash
# Within the clean root: see try-operations.sh.
set -euo pipefail
shopt -s expand_aliases
cd /try
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd /run/lock
# What the first start of a machine does.
systemd-machine-id-setup

# Where a command fails, what it said is shown.
out=/dev/null
trap 'code=$?; [ $code = 0 ] || { cat "$out" >&2; if [ -e log ]; then tail -n 20 log; fi >&2; echo "FAILED: $BASH_COMMAND" >&2; }' EXIT

step() { printf '\n== %s\n' "$1"; }
fail() { printf 'FAILED: %s\n' "$1" >&2; exit 1; }
must() { grep -qE -- "$1" <<< "$2" || fail "expected \"$1\" in: $2"; }

# What a person types: the passphrase of the keys.
export IJSBERG_PASSPHRASE='a passphrase that nobody guesses'

# Without systemd as the first process a service is enabled here, and started below.
systemctl() { [ "$1" = enable ] && command systemctl enable ijsberg; }

# The block up to the first user, and what is shown once kept as people keep it; then the rest, with the password that was shown.
setup() {
    awk '{ print } /^ijs init/ { exit }' "$1" > first.sh
    awk 'found { print } /^ijs init/ { found = 1 }' "$1" > rest.sh
    out=init.out; . ./first.sh > $out 2>&1; cat $out
    IJSBERG_PASSWORD=$(grep -oE '\b[0-9a-f]{24}\b' init.out | head -n 1)
    export IJSBERG_PASSWORD
    grep -oE 'ijsberg-share-[0-9a-f-]+' init.out > shares
    [ "$(wc -l < shares)" = 5 ] || fail "five shares"
    printf '%s' "$IJSBERG_PASSPHRASE" > typed
    out=rest.out; . ./rest.sh < typed > $out 2>&1; cat $out
}
# The password that was shown for the first, second or third user that was added.
shown() { grep -oE '\b[a-z0-9]{5}(-[a-z0-9]{5}){3}\b' rest.out | sed -n "$1p"; }

# The service as systemd would start it: its ExecStart line, its user, its environment, its credential, no capabilities. Its number is
# in `service`.
start() {
    local line
    install -d -o ijsberg -m 0500 /run/credentials
    systemd-creds decrypt --name=register /etc/ijsberg/register.cred - > /run/credentials/register
    chown ijsberg /run/credentials/register; chmod 0400 /run/credentials/register
    line=$(sed -n '/^ExecStart=/,/[^\\]$/p' /etc/systemd/system/ijsberg.service | sed 's/^ExecStart=//; s/\\$//' | tr '\n' ' ')
    ( cd /
      unset IJSBERG_PASSPHRASE IJSBERG_PASSWORD
      export CREDENTIALS_DIRECTORY=/run/credentials
      while read -r line_of_environment; do export "${line_of_environment?}"; done < /etc/ijsberg/ijsberg.conf
      umask 0077
      eval "exec setpriv --reuid=ijsberg --regid=ijsberg --clear-groups --bounding-set=-all --no-new-privs $line" ) >> /try/log 2>&1 &
    service=$!
    for _ in $(seq 100); do
        curl -s -o /dev/null -H 'Host: register.example.org' http://127.0.0.1:8217/health && return
        sleep 0.2
    done
    tail -n 20 /try/log
    fail "the service does not answer"
}
stop() { kill "$service"; wait "$service" || true; }

# Asks through the proxy, as a browser does: who it is, the path, fields.
ask() {
    local who=$1 path=$2 field arguments=()
    shift 2
    for field; do arguments+=(--data-urlencode "$field"); done
    curl -sS --cacert /etc/ssl/register.crt --cookie "jar.$who" --cookie-jar "jar.$who" -i "${arguments[@]}" \
        "https://register.example.org$path"
}
# A code of the phone, of half a minute that was not used yet.
code() {
    while [ "$(( $(date +%s) / 30 ))" = "$(cat "step.$1" 2>/dev/null)" ]; do sleep 1; done
    echo "$(( $(date +%s) / 30 ))" > "step.$1"
    oathtool --totp --base32 "$(cat "secret.$1")"
}

step "1 to 4: the user, the register, tracks, organisations, users, the credential and the service"
setup setup.1
[ "$(stat -c %U:%a /var/lib/ijsberg)" = ijsberg:700 ] || fail "the folder of the register is for its user alone"
systemd-analyze verify /etc/systemd/system/ijsberg.service
exposure=$(systemd-analyze security --offline=true /etc/systemd/system/ijsberg.service | tail -n 1)
echo "$exposure"
must 'OK|MEDIUM' "$exposure"
start

step "5: nginx with a certificate of its own"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=register.example.org -addext subjectAltName=DNS:register.example.org \
    -keyout /etc/ssl/register.key -out /etc/ssl/register.crt 2>/dev/null
echo '127.0.0.1 register.example.org' >> /etc/hosts
rm -f /etc/nginx/sites-enabled/default
cp setup.2 /etc/nginx/sites-enabled/register
nginx -t 2>&1
nginx
page=$(ask nobody /)
must '200 OK|HTTP/2 200' "$page"
must 'strict-transport-security: max-age=' "$page"
must 'location: /login' "$(ask nobody /estimate)"
must '404' "$(ask nobody /metrics | head -n 1)"
must ijsberg_responses_total "$(curl -sS http://127.0.0.1:9217/metrics)"

step "6: users with first passwords, and two-factor login"
enter() {
    local who=$1 once=$2 own=$3 page
    page=$(ask "$who" /login "user=$who" "password=$once")
    must 'set-cookie: __Host-ijsberg=.*Secure' "$page"
    must 'location: /account' "$page"
    must 'location: /account' "$(ask "$who" /register)"
    must '200 ' "$(ask "$who" /account go=password "password=$once" "new=$own" "again=$own" | head -n 1)"
    must '401 ' "$(ask other /login "user=$who" "password=$once" | head -n 1)"
}
phone() {
    local who=$1 own=$2 page
    must 'location: /account' "$(ask "$who" /users)"
    page=$(ask "$who" /account go=factor "password=$own")
    grep -oE 'secret=[A-Z2-7]+' <<< "$page" | head -n 1 | cut -d= -f2 > "secret.$who"
    page=$(ask "$who" /account go=confirm "code=$(code "$who")")
    grep -oE 'class="code">[^<]+' <<< "$page" | cut -d'>' -f2 > "recovery.$who"
    [ "$(wc -l < "recovery.$who")" = 10 ] || fail "ten recovery codes"
    must '200 ' "$(ask "$who" /users | head -n 1)"
}
first=$IJSBERG_PASSWORD
unset IJSBERG_PASSWORD
enter keeper "$first" 'a long password of keeper'
phone keeper 'a long password of keeper'
enter ada "$(shown 1)" 'a long password of ada'
phone ada 'a long password of ada'
enter bea "$(shown 2)" 'a long password of bea'
must '303 ' "$(ask bea /notify lane=statistics organisation=police local_key=1 happened_on=2026-01-31 sex=F minor=no form=LABOUR sector=A | head -n 1)"
must '403 ' "$(ask bea /users | head -n 1)"

step "7: every night, as a user who can do nothing else: a backup, and the log compared with checkpoints elsewhere"
install -d -o ijsberg -m 0700 /mnt/elsewhere
printf '%s' "$IJSBERG_PASSPHRASE" | install -o ijsberg -m 0400 /dev/stdin /run/ijsberg-passphrase
printf 'a long password of night' | install -o ijsberg -m 0400 /dev/stdin /run/ijsberg-password
install -d -o ijsberg -m 0700 /run/ijsberg
mv /run/ijsberg-passphrase /run/ijsberg/passphrase
mv /run/ijsberg-password /run/ijsberg/password
passphrase=$IJSBERG_PASSPHRASE
export IJSBERG_PASSWORD=$(shown 3)
. ./setup.3
unset IJSBERG_PASSPHRASE IJSBERG_PASSWORD
for _ in 1 2; do
    rm -rf /var/backups/ijsberg/*
    out=night.out; . ./setup.4 > $out 2>&1; cat $out
done
must 'intact' "$(cat night.out)"
must '303 ' "$(ask night /login user=night "password=$(cat /run/ijsberg/password)" | head -n 1)"
must '403 ' "$(ask night /users | head -n 1)"

step "8: a backup restored elsewhere, and opened with shares"
for i in 1 2 3; do sed -n "${i}p" shares | install -o ijsberg -m 0400 /dev/stdin "/run/ijsberg/share.$i"; done
export IJSBERG_PASSPHRASE=$passphrase
printf 'a password after all of it' | install -o ijsberg -m 0400 /dev/stdin /run/ijsberg/new
# Where nobody can be asked, the new password comes from a file, and the new passphrase from the environment.
recovering() {
    awk -v new="$2" '/keys recover/ { print "export IJSBERG_PASSPHRASE=\"" new "\""; sub(/keys recover/, "& --new-password-file /run/ijsberg/new") } { print }' "$1"
}
recovering setup.5 'another passphrase that nobody guesses' > tried.sh
out=restored.out; . ./tried.sh > $out 2>&1; cat $out
must 'keeper' "$(cat restored.out)"

step "Keys change while the server runs, and it goes on"
export IJSBERG_PASSPHRASE=$passphrase IJSBERG_PASSWORD='a long password of keeper'
# All keys but that of the file as a whole, as it says.
ijs keys rotate --code "$(code keeper)" > rotate.out 2>&1 || true
must 'Every key of the register was changed' "$(cat rotate.out)"
must 'Stop the server and run this again' "$(cat rotate.out)"
must '303 ' "$(ask bea /notify lane=statistics organisation=police local_key=2 happened_on=2026-02-01 sex=F minor=no form=LABOUR sector=A | head -n 1)"
stop
ijs keys rotate --code "$(code keeper)"
start
must '200 ' "$(ask bea /register | head -n 1)"

step "The passphrase and the last administrator are lost"
unset IJSBERG_PASSPHRASE IJSBERG_PASSWORD
stop
for i in 1 2 3; do sed -n "${i}p" shares > "$(sed -n "${i}p" <<< $'one\ntwo\nthree')"; done
chmod 0644 one two three
recovering lost.1 'a new passphrase that nobody guesses' > lost.sh
out=lost.out; . ./lost.sh > $out 2>&1; cat $out
printf '%s' "$IJSBERG_PASSPHRASE" | systemd-creds encrypt --name=register - /etc/ijsberg/register.cred
start
rm -f jar.*
must 'set-cookie: __Host-ijsberg=' "$(ask keeper /login user=keeper 'password=a password after all of it')"
phone keeper 'a password after all of it'
passphrase=$IJSBERG_PASSPHRASE

step "A new version"
printf '%s' "$passphrase" | install -o ijsberg -m 0400 /dev/stdin /run/ijsberg/passphrase
rm -rf /var/backups/ijsberg/*
systemctl() { case "$1" in stop) stop ;; start) start ;; esac; }
unset IJSBERG_PASSPHRASE
. ./version.1
must '200 ' "$(ask keeper /users | head -n 1)"
stop

step "PostgreSQL on another machine"
ip addr add 192.0.2.10/24 dev lo
echo '192.0.2.10 db.example.org' >> /etc/hosts
cluster=/etc/postgresql/15/main
data=/var/lib/postgresql/15/main
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out /etc/ijsberg/ca.pem 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj /CN=db.example.org -keyout "$data/server.key" -out server.csr 2>/dev/null
openssl x509 -req -in server.csr -CA /etc/ijsberg/ca.pem -CAkey ca.key -CAcreateserial -days 2 \
    -extfile <(echo subjectAltName=DNS:db.example.org) -out "$data/server.crt" 2>/dev/null
chown postgres: "$data/server.key" "$data/server.crt"; chmod 0600 "$data/server.key"
sed -n '/^# postgresql.conf/,/^# pg_hba/p' postgres.1 | grep -v '^#' > "$cluster/conf.d/ijsberg.conf"
echo "listen_addresses = '192.0.2.10'" >> "$cluster/conf.d/ijsberg.conf"
sed -n '/^# pg_hba/,$p' postgres.1 | grep -v '^#' > hba
printf 'local all postgres peer\n' | cat - hba > "$cluster/pg_hba.conf"
pg_ctlcluster 15 main start
sed "s/'\.\.\.'/'a password of the database'/" postgres.2 | runuser -u postgres -- psql -v ON_ERROR_STOP=1
# Nobody gets in without TLS.
PGPASSWORD='a password of the database' psql "postgresql://ijsberg@db.example.org/register?sslmode=disable" -c 'SELECT 1' 2>&1 \
    && fail "without TLS"
sed 's/ijsberg:\.\.\.@/ijsberg:a%20password%20of%20the%20database@/; s/\/register'"'"' *$/&/' postgres.3 > postgres.sh
mv /var/lib/ijsberg/register /var/lib/ijsberg/in-a-file
export IJSBERG_PASSPHRASE=$passphrase
out=postgres.out; . ./postgres.sh > $out 2>&1; cat $out
[ "$(stat -c %U:%a /etc/ijsberg/url)" = ijsberg:600 ] || fail "the file with the password is for the server alone"
export IJSBERG_PASSWORD=$(grep -oE '\b[0-9a-f]{24}\b' postgres.out | head -n 1)
ijs lane open statistics --basis "art. 9(2)(j) GDPR" --assessed 2026-01-15 --url-file /etc/ijsberg/url
unset IJSBERG_PASSPHRASE
start
rm -f jar.* step.* secret.*
enter keeper "$IJSBERG_PASSWORD" 'a long password of keeper'
phone keeper 'a long password of keeper'
export IJSBERG_PASSPHRASE=$passphrase IJSBERG_PASSWORD='a long password of keeper'
ijs backup --url-file /etc/ijsberg/url --out /var/backups/ijsberg/database --code "$(code keeper)"
sed 's/\/register?/\/restored?/' /etc/ijsberg/url | install -o ijsberg -m 0600 /dev/stdin /etc/ijsberg/url-empty
runuser -u ijsberg -- ijsberg register restore /var/backups/ijsberg/database --at /var/lib/ijsberg/restored --url-file /etc/ijsberg/url-empty
stop

step "All of it went as the book says"
