#!/bin/sh
# Keeps one throwaway PostgreSQL server for as long as somebody holds this script's standard input open.
#
#   postgres.sh [--durable] [--tls]
#
# It finds PostgreSQL 15 or later (DATELINE_TEST_PG_BIN, PATH, the usual folders) or installs it by apt-get, makes a cluster in a
# fresh folder, starts it on a free loopback port and prints `url URL` and `dir FOLDER`. Where that cannot be done it prints
# `failed WHY` and ends with 1. Then each line of standard input is a command, answered by `done` or `failed WHY`:
#
#   stop     shut down at once, as a crash does       start     start it again, on the same port
#   freeze   stop all its processes where they are    thaw      let them go on
#
# At the end of input, which comes even when the caller was killed, the server is stopped and the folder deleted.
#   --durable   commits are on disk when they are answered (else fsync is off, which is faster)
#   --tls       takes TLS connections only, with a certificate for `localhost` and 127.0.0.1 from DIR/tls/ca.crt;
#               DIR/tls/other.crt is an authority that has not signed it
#
# PostgreSQL refuses to run as root: then the server runs as `postgres`, or else `nobody`.
# tests/support/postgres.rs and scripts/test are its callers.

set -u
durable=off
tls=off
for option in "$@"; do
    case $option in
        --durable) durable=on ;;
        --tls) tls=on ;;
        *) echo "failed unknown option $option"; exit 1 ;;
    esac
done

# A signal to the caller's whole group must not take the keeper away before it has cleaned up; nor a caller that reads no more.
trap '' INT HUP TERM PIPE

dir=
user=
fail() {
    echo "failed $(printf '%s' "$*" | tr '\n' ' ')"
    exit 1
}

as_user() {
    if [ -z "$user" ]; then
        "$@"
    elif command -v setpriv >/dev/null; then
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- env HOME="$dir" "$@"
    else
        runuser -u "$user" -- env HOME="$dir" "$@"
    fi
}

# The folder with the newest server programs, 15 or later, into $bin.
find_server() {
    for folder in "${DATELINE_TEST_PG_BIN:-}" \
        "$(dirname "$(readlink -f "$(command -v pg_ctl 2>/dev/null)" 2>/dev/null)" 2>/dev/null)" \
        $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql@*/bin 2>/dev/null | sort -rV); do
        [ -n "$folder" ] && [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ] || continue
        version=$("$folder/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
        if [ "${version:-0}" -ge 15 ]; then
            bin=$folder
            return 0
        fi
    done
    return 1
}

install_server() {
    command -v apt-get >/dev/null || return 1
    as_root=
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root="sudo -n"
    fi
    echo "PostgreSQL is not installed; installing it by apt-get" >&2
    $as_root apt-get update -q >&2 </dev/null
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=300 postgresql >&2 </dev/null
}

make_certificates() {
    mkdir "$dir/tls" && cd "$dir/tls" || return 1
    for authority in ca other; do
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=throwaway $authority" \
            -addext "basicConstraints=critical,CA:TRUE" -keyout $authority.key -out $authority.crt || return 1
    done
    echo "subjectAltName=DNS:localhost,IP:127.0.0.1" >server.ext
    openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout server.key -out server.csr \
        && openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext -out server.crt \
        && chmod 600 server.key || return 1
    if [ -n "$user" ]; then chown "$user" server.key; fi
    cd "$dir"
}

settings() {
    echo "listen_addresses = '127.0.0.1'"
    echo "unix_socket_directories = '$dir'"
    echo "max_connections = 300"
    echo "log_min_messages = warning"
    if [ $durable = off ]; then
        printf '%s\n' "fsync = off" "synchronous_commit = off" "full_page_writes = off" "autovacuum = off"
        printf '%s\n' "wal_level = minimal" "max_wal_senders = 0"
    fi
    if [ $tls = on ]; then
        printf '%s\n' "ssl = on" "ssl_cert_file = '$dir/tls/server.crt'" "ssl_key_file = '$dir/tls/server.key'"
    fi
}

make_cluster() {
    as_user "$bin/initdb" -D "$dir/cluster" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync || return 1
    settings >>"$dir/cluster/postgresql.conf"
    if [ $tls = on ]; then
        printf 'local all all trust\nhostssl all all 127.0.0.1/32 trust\n' >"$dir/cluster/pg_hba.conf"
    fi
}

start_server() {
    as_user "$bin/pg_ctl" -D "$dir/cluster" -l "$dir/log" -w -t 60 -s -o "-p $port" start </dev/null
}

# A port that is free is found by trying: the server itself is what takes it.
start_on_free_port() {
    for attempt in 1 2 3 4 5 6 7 8; do
        port=$((15000 + $(od -An -N2 -tu2 /dev/urandom) % 16000))
        start_server >>"$dir/keeper.log" 2>&1 && return 0
        grep -q "could not bind" "$dir/log" || return 1
        : >"$dir/log"
    done
    return 1
}

stop_server() {
    as_user "$bin/pg_ctl" -D "$dir/cluster" -m immediate -w -t 60 -s stop </dev/null
}

# The server and its processes get a signal. It is stopped first: it starts no more of them then. It goes on last: none of them is gone before its turn.
signal_server() {
    server=$(head -n 1 "$dir/cluster/postmaster.pid") || return 1
    [ "$1" = CONT ] || kill -"$1" "$server" || return 1
    kill -"$1" $(ps -A -o pid= -o ppid= | awk -v server="$server" '$2 == server { print $1 }') || return 1
    [ "$1" != CONT ] || kill -"$1" "$server"
}

clean_up() {
    signal_server CONT 2>/dev/null
    if [ -f "$dir/cluster/postmaster.pid" ]; then stop_server >>"$dir/keeper.log" 2>&1; fi
    rm -rf "$dir"
}

if [ -n "${DATELINE_TEST_PG_BIN:-}" ] && ! [ -x "$DATELINE_TEST_PG_BIN/pg_ctl" ]; then
    fail "DATELINE_TEST_PG_BIN=$DATELINE_TEST_PG_BIN holds no pg_ctl"
fi
find_server || { install_server && find_server; } \
    || fail "PostgreSQL 15 or later was neither found nor could it be installed. Install it (Debian: apt-get install postgresql)," \
        "or name the folder of its programs in DATELINE_TEST_PG_BIN, or try the embedded engine alone: scripts/test --sqlite-only, or" \
        "cargo test with DATELINE_TEST_ENGINES=sqlite."
base=${TMPDIR:-/tmp}
if [ "$(id -u)" = 0 ]; then
    # The other user need not see root's own temporary folder.
    base=/tmp
    if id postgres >/dev/null 2>&1; then user=postgres; else user=nobody; fi
fi
# The path of a Unix socket is limited to 107 bytes.
[ ${#base} -lt 70 ] || base=/tmp
dir=$(mktemp -d "$base/dateline-postgres.XXXXXX") || fail "no temporary folder can be made in $base"
trap clean_up EXIT
chmod 755 "$dir"
if [ -n "$user" ]; then chown "$user" "$dir"; fi
cd "$dir" || exit 1

if [ $tls = on ]; then
    make_certificates >>"$dir/keeper.log" 2>&1 || fail "no certificates could be made by openssl: $(tail -n 5 "$dir/keeper.log")"
fi
make_cluster >>"$dir/keeper.log" 2>&1 || fail "initdb failed: $(tail -n 10 "$dir/keeper.log")"
start_on_free_port || fail "the server did not start: $(tail -n 10 "$dir/keeper.log" "$dir/log" 2>&1)"
host=127.0.0.1
[ $tls = off ] || host=localhost
echo "url postgres://postgres@$host:$port/postgres"
echo "dir $dir"

while read -r command; do
    case $command in
        stop) stop_server >>"$dir/keeper.log" 2>&1 && echo "done" || echo "failed to stop: $(tail -n 3 "$dir/keeper.log" | tr '\n' ' ')" ;;
        start) start_server >>"$dir/keeper.log" 2>&1 && echo "done" || echo "failed to start: $(tail -n 3 "$dir/log" | tr '\n' ' ')" ;;
        freeze) signal_server STOP 2>>"$dir/keeper.log" && echo "done" || echo "failed to freeze: $(tail -n 3 "$dir/keeper.log" | tr '\n' ' ')" ;;
        thaw) signal_server CONT 2>>"$dir/keeper.log" && echo "done" || echo "failed to thaw: $(tail -n 3 "$dir/keeper.log" | tr '\n' ' ')" ;;
        *) echo "failed unknown command $command" ;;
    esac
done
