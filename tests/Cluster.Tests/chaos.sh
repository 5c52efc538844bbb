#!/usr/bin/env bash
# The history checker over real processes, for as long as wanted: chaos.sh MINUTES SEED
#   AIGATEWAY_CHAOS_… see ClusterHistoryTests
set -euo pipefail
cd "$(dirname "$0")"
export AIGATEWAY_CHAOS_MINUTES="${1:?usage: chaos.sh MINUTES SEED}" AIGATEWAY_CHAOS_SEED="${2:?usage: chaos.sh MINUTES SEED}"
exec dotnet test . --filter "FullyQualifiedName~ClusterHistoryTests.What_clients_were_told" --logger "console;verbosity=detailed"
