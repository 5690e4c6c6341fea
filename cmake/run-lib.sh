# What ./run is made of: packages, the choice of libpg_query, building a tree, running ctest. Sourced, from the repository's root.
build_packages=(build-essential cmake ninja-build pkg-config libpq-dev libpg-query-dev libcjson-dev libcurl4-openssl-dev libinih-dev libssl-dev
                libcmocka-dev librandom123-dev python3)
test_packages=(python3-psycopg2 cmark-gfm postgresql-client valgrind ca-certificates)
demo_packages=(python3-psycopg2 postgresql-client)
lint_packages=(clang-format clang-tidy universal-ctags git)
pg_query_prefix=""  # set by build_lockcast; empty: the system's
logs=build/log

skip_loudly() {
    echo "SKIPPED: $*"
    mkdir -p build/results
    echo "$*" >>build/results/skipped
}

# quiet NAME COMMAND...: output to a log; its end is shown when the command fails.
quiet() {
    local name=$1 rc=0
    shift
    mkdir -p "$logs"
    "$@" >"$logs/$name.log" 2>&1 </dev/null || rc=$?
    [ $rc = 0 ] || { tail -n 30 "$logs/$name.log" >&2; echo "run: $name failed; the whole output is in $logs/$name.log" >&2; }
    return $rc
}

installed() {
    dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

apt_do() {
    local sudo=()
    [ "$(id -u)" = 0 ] || sudo=(sudo -n)
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

apt_install() {
    if ! apt-get install -s -q --no-install-recommends "$@" >/dev/null 2>&1; then
        quiet apt-update apt_do update || return 1
    fi
    quiet apt-install apt_do install --no-install-recommends "$@" ||
        { quiet apt-update apt_do update && quiet apt-install apt_do install --no-install-recommends "$@"; }
}

# need PACKAGE...: installs those that are missing, or prints the command that does and exits 2.
need() {
    local missing=() p
    if ! command -v dpkg-query >/dev/null; then
        echo "run: this is no Debian; what is needed is what these packages hold: $*" >&2
        return 0
    fi
    for p in "$@"; do
        installed "$p" || missing+=("$p")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
        echo "run: packages are missing, and installing them takes root. Run this once, then ./run again:" >&2
        echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
        exit 2
    fi
    echo "installing with apt: ${missing[*]}"
    apt_install "${missing[@]}" || { echo "run: apt could not install: ${missing[*]}" >&2; exit 2; }
}

# A server with pgbench and pg_stat_statements: any that is here, else Debian's default.
need_postgres() {
    local lib
    for lib in /usr/lib/postgresql/*/lib/pg_stat_statements.so; do
        [ -x "${lib%/lib/*}/bin/postgres" ] && [ -x "${lib%/lib/*}/bin/pgbench" ] && return 0
    done
    need postgresql
}

system_pg_query() {
    echo '#include <pg_query.h>' | cc -E -x c - >/dev/null 2>&1
}

# A parse through the library, with the shims the tree itself brings: the cheapest proof that it links and works here.
pg_query_works() {
    local dir=build/deps/smoke lib
    lib=$(find "$1/usr/lib" -name libpg_query.a 2>/dev/null | head -n 1)
    [ -n "$lib" ] || return 1
    mkdir -p "$dir"
    cat >"$dir/smoke.c" <<'END'
#include <pg_query.h>
int main(void)
{
    PgQueryParseResult r = pg_query_parse("ALTER TABLE t ADD COLUMN c int DEFAULT 1");
    return r.error || !r.parse_tree;
}
END
    cc -D_GNU_SOURCE -std=c17 -Isrc -I"$1/usr/include" -o "$dir/smoke" "$dir/smoke.c" $(ls src/sql/glibc_compat.c 2>/dev/null) \
        "$lib" -lm -lpthread >"$dir/log" 2>&1 && timeout 20 "$dir/smoke" >>"$dir/log" 2>&1
}

# fetch_pg_query MAJOR: build/deps/pg_query-MAJOR is there and works. A failure is remembered for a day, so that a second build asks no network.
fetch_pg_query() {
    local dir=build/deps/pg_query-$1
    [ -e "$dir/works" ] && return 0
    if [ ! -d "$dir/usr" ]; then
        [ -z "${LOCKCAST_OFFLINE:-}" ] || return 1
        [ -z "$(find "build/deps/no-pg_query-$1" -mmin -1440 2>/dev/null)" ] || return 1
        echo "fetching libpg_query $1 from Debian's archive"
        mkdir -p build/deps "$logs"
        if ! cmake/fetch-pg-query.sh "$1" "$dir" >"$logs/fetch-pg_query-$1.log" 2>&1; then
            touch "build/deps/no-pg_query-$1"
            echo "libpg_query $1 is not to be had ($logs/fetch-pg_query-$1.log)"
            return 1
        fi
    fi
    if ! pg_query_works "$dir"; then
        cp build/deps/smoke/log "$logs/smoke-pg_query-$1.log" 2>/dev/null
        echo "libpg_query $1 does not link or parse here ($logs/smoke-pg_query-$1.log)"
        return 1
    fi
    touch "$dir/works"
}

# build_tree PRESET PREFIX: configure and build, quietly.
build_tree() {
    local grammar="the system's libpg_query"
    echo "building build/$1 with ${2:-$grammar}"
    quiet "configure-$1" cmake --preset "$1" -DLOCKCAST_PG_QUERY_PREFIX="${2:+$PWD/$2}" &&
        quiet "build-$1" cmake --build --preset "$1" -- -j"$(nproc)"
}

# build_lockcast PRESET: with the grammar asked for, else the newest one that links, parses and builds; sets pg_query_prefix.
build_lockcast() {
    local want=${LOCKCAST_PG_QUERY:-auto} n
    case $want in
        system) build_tree "$1" ""; return ;;
        15 | 17 | 18) rm -f "build/deps/no-pg_query-$want"
            fetch_pg_query "$want" || { echo "run: LOCKCAST_PG_QUERY=$want cannot be had here" >&2; exit 2; }
            pg_query_prefix=build/deps/pg_query-$want
            build_tree "$1" "$pg_query_prefix"; return ;;
        auto) ;;
        *) echo "run: LOCKCAST_PG_QUERY is 15, 17, 18, system or auto, not \"$want\"" >&2; exit 2 ;;
    esac
    for n in 18 17; do
        fetch_pg_query $n || continue
        pg_query_prefix=build/deps/pg_query-$n
        build_tree "$1" "$pg_query_prefix" && return
        echo "the tree does not build with libpg_query $n; trying an older one"
    done
    pg_query_prefix=""
    build_tree "$1" ""
}

# run_ctest PRESET LABEL NAME: its results go to build/results; a failing test does not end the run, a missing result does.
run_ctest() {
    local xml
    xml=$PWD/build/results/$1-$2.xml
    echo "== $3 tests"
    ctest --test-dir "build/$1" -L "$2" -j"$(nproc)" --no-tests=error --output-on-failure --output-junit "$xml" </dev/null ||
        [ -e "$xml" ]
}
