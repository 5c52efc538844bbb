#!/bin/sh
# Builds Release and compares the gateway with a bare relay and nginx on this machine; or, `bench/run.sh durable`, what is stored with what is not;
# or, `bench/run.sh cluster`, a cluster with the standalone gateway. Options go to the driver: try --help, durable --help, cluster --help.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)

case "${1:-}" in
  cluster) targets="src/Standalone src/Silo src/Frontend" ;;
  *) targets="bench/Relay bench/Gateway" ;;
esac
for project in bench/Compare tests/Upstream $targets; do
  echo "bench: building $project" >&2
  log=$(dotnet build "$root/$project" -c Release -nodeReuse:false -nologo -v q) || { echo "$log" >&2; exit 1; }
done

# A thousand streams through a proxy are three thousand sockets and more.
ulimit -n "$(ulimit -Hn)" 2>/dev/null || echo "bench: ulimit -n stays at $(ulimit -n)" >&2

# Whatever the driver starts ends with it: see Processes/ChildProcess.cs.
exec dotnet "$root/bench/Compare/bin/Release/net10.0/AiGateway.Bench.Compare.dll" "$@"
