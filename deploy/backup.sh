#!/usr/bin/env bash
# Copies the database and the data folder into a new folder below $BACKUP, checks the copy, and removes the oldest copies, while purser
# runs. Choose it with cron, systemd, compose or Kubernetes alike; install it as purser-backup. BACKUP.md says how to restore.
#
#   BACKUP           where copies go, best on another machine's disk; each is a folder named by its time
#   KEEP             how many copies to keep (14)
#   PURSER_DATABASE, PURSER_DATABASE_FILE, PURSER_DATA    as for purser
#
# Needs sqlite3, or PostgreSQL's client programs, not older than the server. Checking a PostgreSQL copy restores it into
# a database that is made for it and dropped afterwards: ALTER ROLE purser CREATEDB.
# Exits with 0 when the copy is complete, 75 after a transient error (the database is away), 1 when somebody has to fix the problem.
set -euo pipefail

backup="${BACKUP:?names the folder where copies are kept}"
keep="${KEEP:-14}"
database="${PURSER_DATABASE:-sqlite://purser-data/purser.db}"
if [ -n "${PURSER_DATABASE_FILE:-}" ]; then database="$(cat "$PURSER_DATABASE_FILE")"; fi
# purser checks the copy, whose place it is given by arguments alone.
unset PURSER_DATABASE PURSER_DATABASE_FILE

# "set -e" does not hold within the checks, which are called by "||": there, each command says by "&&" that it must succeed.

# $1: exit code, $2: what to do
give_up() {
    echo "purser-backup: $2" >&2
    exit "$1"
}

copy_sqlite() {
    local file="${database#sqlite://}"
    [ -f "$file" ] || give_up 1 "there is no database $file; name it in PURSER_DATABASE, or start this in the shop's folder"
    # As purser does: beside the database file, except for the default database.
    data="${PURSER_DATA:-${file%.*}-data}"
    if [ -z "${PURSER_DATA:-}" ] && [ "$file" = purser-data/purser.db ]; then data=purser-data; fi
    sqlite3 "$file" ".timeout 60000" ".backup '$copy/purser.db'"
}

# Checks a second copy: a newer purser would migrate the one it opens, and an older one could no longer read it.
check_sqlite() {
    mkdir "$copy/checked" && cp "$copy/purser.db" "$copy/checked/purser.db" &&
        purser --database "sqlite://$copy/checked/purser.db" --data "$copy" check &&
        rm -r "$copy/checked"
}

copy_postgres() {
    data="${PURSER_DATA:-purser-data}"
    pg_isready --quiet --dbname="$database" ||
        give_up 75 "the database cannot be reached; try again later"
    pg_dump --format=custom --file="$copy/purser.dump" "$database"
}

# In a new database, so that nothing existing is overwritten.
check_postgres() {
    local name server="${database%%\?*}" settings=""
    name="purser_check_$(date +%s)"
    case "$database" in *\?*) settings="?${database#*\?}" ;; esac
    case "${server#*://}" in
        */*) checked="${server%/*}/$name$settings" ;;
        *) checked="$server/$name$settings" ;;
    esac
    psql --no-psqlrc --quiet --dbname="$database" --command="CREATE DATABASE $name" ||
        give_up 1 "$copy is made, but not checked: ALTER ROLE … CREATEDB lets the copy be restored beside the original"
    # shellcheck disable=SC2064 # the name as it is now
    trap "psql --no-psqlrc --quiet --dbname='$database' --command='DROP DATABASE $name'" EXIT
    pg_restore --no-owner --exit-on-error --dbname="$checked" "$copy/purser.dump" &&
        purser --database "$checked" --data "$copy" check
}

case "$database" in
    sqlite://*) kind=sqlite ;;
    postgres://* | postgresql://*) kind=postgres ;;
    *) give_up 1 "PURSER_DATABASE is neither sqlite://FILE nor postgres://…" ;;
esac
[ "$keep" -ge 1 ] || give_up 1 "KEEP must be 1 or more"

umask 077
mkdir -p "$backup"
backup="$(cd "$backup" && pwd)"
exec 9>"$backup/.lock"
flock --nonblock 9 || give_up 75 "another backup is under way"

# A copy has this ending until it is complete and checked. The last one that failed is kept, to be looked at.
rm -rf "$backup"/*.partial
whole="$backup/$(date -u +%Y-%m-%dT%H%M%SZ)"
copy="$whole.partial"
mkdir "$copy"

# The database first, then the files: every file exists before the database refers to it.
"copy_$kind"
copy_files() {
    (cd "$data" && find . -mindepth 2 -type f ! -name '.*.tmp' -exec cp -a --parents -t "$copy" {} +)
}
# If `purser tidy` removes a file during the copy, the next attempt no longer finds it.
if [ -d "$data" ]; then copy_files || copy_files || copy_files; fi
"check_$kind" >"$copy/check.txt" || give_up 1 "$copy does not hold what it should: see check.txt in it; older copies stay"
mv "$copy" "$whole"
echo "purser-backup: $whole is whole"

# Whole copies only; names sort by time.
find "$backup" -mindepth 1 -maxdepth 1 -type d -name '????-??-??T??????Z' | sort -r | tail -n "+$((keep + 1))" |
    while read -r old; do rm -rf "$old"; done
