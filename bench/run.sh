#!/bin/sh
# Builds Release and compares the gateway with a bare relay and nginx on this machine; or, `bench/run.sh durable`, what is stored with what is not.
# Options go to the driver: try --help, and durable --help.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)

for project in bench/Compare bench/Relay tests/Upstream bench/Gateway; do
  echo "bench: building $project" >&2
  log=$(dotnet build "$root/$project" -c Release -nodeReuse:false -nologo -v q) || { echo "$log" >&2; exit 1; }
done

# A thousand streams through a proxy are three thousand sockets and more.
ulimit -n "$(ulimit -Hn)" 2>/dev/null || echo "bench: ulimit -n stays at $(ulimit -n)" >&2

# Whatever the driver starts ends with it: see Processes/ChildProcess.cs.
exec dotnet "$root/bench/Compare/bin/Release/net10.0/AiGateway.Bench.Compare.dll" "$@"
