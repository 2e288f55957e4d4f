# One demonstration server for the checks that ask over HTTP: its address is in FOLDER/url, its process in FOLDER/pid.
# Read by ./test; it knows nothing of what is asked.

# start_demo_server PROGRAM FOLDER: a fresh city on SQLite, on a port of its own.
start_demo_server() {
    local program=$1 folder=$2 tenths=0 url
    mkdir -p "$folder"
    # From its own folder, so that it reads no configuration of the clone.
    (
        cd "$folder"
        exec "$program" demo --listen 127.0.0.1:0 --data-dir "$folder/data" --log warn </dev/null >out 2>err
    ) &
    echo "$!" >"$folder/pid"
    # A debug build fills the city within seconds; three minutes are for a busy machine.
    until url=$(sed -n 's|.*\(http://[^ ]*\)/readyz.*|\1|p' "$folder/out" 2>/dev/null) && [[ -n "$url" ]]; do
        if ((++tenths > 1800)) || ! kill -0 "$(<"$folder/pid")" 2>/dev/null; then
            tail -n 20 "$folder/out" "$folder/err" >&2
            return 1
        fi
        sleep 0.1
    done
    timeout 10 node --input-type=module -e 'process.exit((await fetch(process.argv[1])).ok ? 0 : 1)' "$url/readyz"
    echo "$url" >"$folder/url"
    echo "$url, after $((tenths / 10)) s"
}

# end_demo_server FOLDER: asks it to end, and makes it end.
end_demo_server() {
    local pid tenths=0
    [[ -s "$1/pid" ]] || return 0
    pid=$(<"$1/pid")
    rm -f "$1/pid"
    kill -TERM "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do
        ((++tenths <= 150)) || kill -KILL "$pid" 2>/dev/null || true
        sleep 0.1
    done
}
