# Which Node the app and the checks need. Sourced by other scripts.
# shellcheck shell=bash

readonly NODE_NEEDED=20.19

# Whether version $1 is at least $2.
at_least() {
    [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

has_node() {
    command -v node >/dev/null && command -v npm >/dev/null && at_least "$(node --version | tr -d v)" "$NODE_NEEDED"
}
