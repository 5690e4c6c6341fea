#!/bin/bash
# fetch-pg-query.sh MAJOR FOLDER: unpacks Debian's libpg-query-dev of that grammar into FOLDER (usr/include, usr/lib).
# Debian's own archive through apt with its signatures checked, but with lists, cache and sources of its own: the
# system's apt configuration is read and never written. Exit 0 done, 1 not to be had. Takes no longer than the time limit.
set -euo pipefail
major=$1 folder=$2
limit=${LOCKCAST_FETCH_SECONDS:-60}

# The suites that carry (or will come to carry) each grammar, in the order they are tried.
case $major in
    15) suites="bookworm" ;;
    17) suites="trixie" ;;
    18) suites="sid forky" ;;
    *) echo "no Debian suite is known to carry libpg_query $major" >&2; exit 1 ;;
esac
command -v apt-get >/dev/null && command -v dpkg >/dev/null || { echo "libpg_query $major comes from Debian, and this is not one" >&2; exit 1; }

# The mirror this host uses for Debian itself, be its lists here or not.
mirror() {
    { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null
      cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v '^ *#' | grep -Eo 'https?://[^ ]*/debian/?( |$)'
      echo http://deb.debian.org/debian
    } | grep -E '^https?://' | head -n 1 | tr -d ' '
}

arch=$(dpkg --print-architecture)
uri=$(mirror)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/lists/partial "$work"/cache/archives/partial "$work"/parts
deadline=$((SECONDS + limit))

# A mirror that lags is no harm here, the grammar's number is checked below: so no Valid-Until.
private_apt() {
    local left=$((deadline - SECONDS))
    [ "$left" -gt 0 ] || return 1
    timeout "$left" apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts="$work/parts" \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$work/parts" -o Dir::State::lists="$work/lists" \
        -o Dir::Cache="$work/cache" -o APT::Sandbox::User= -o APT::Update::Post-Invoke::= -o Acquire::Languages=none \
        -o Acquire::Check-Valid-Until=false \
        -o Acquire::Retries=0 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10 -o Acquire::http::ConnectionAttemptDelayMsec=250 \
        -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
        -o Acquire::IndexTargets::deb::CNF::DefaultEnabled=false -o APT::Get::AllowUnauthenticated=false "$@" </dev/null
}

for suite in $suites; do
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb [arch=$arch$([ -e $keyring ] && echo " signed-by=$keyring")] $uri $suite main" >"$work/sources.list"
    (cd "$work" && private_apt update && private_apt download libpg-query-dev) >&2 || continue
    deb=$(ls "$work"/libpg-query-dev_*.deb 2>/dev/null | head -n 1)
    case $(basename "${deb:-none}") in
        libpg-query-dev_"$major"[-.]*) ;;
        *) rm -f "$deb"; continue ;;
    esac
    dpkg-deb -x "$deb" "$work/new"
    mkdir -p "$(dirname "$folder")"
    rm -rf "$folder"
    mv "$work/new" "$folder"
    exit 0
done
exit 1
