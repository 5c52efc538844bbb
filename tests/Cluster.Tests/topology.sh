#!/usr/bin/env bash
# What docker-compose.yml describes, as plain processes on this machine: Redis, three silos, two frontends, and nginx with the same configuration in front.
# Builds them, starts them on ports of their own, asks them through nginx, kills a frontend and a silo, asks again, and ends what it started.
#   Needs redis-server, nginx and curl. Exits with 0 only if every answer was as it should be.
set -uo pipefail
cd "$(dirname "$0")/../.."

folder=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null; done
  for pid in "${pids[@]}"; do wait "$pid" 2> /dev/null; done
  rm -rf "$folder"
}
trap finish EXIT

base=${TOPOLOGY_PORT:-42000}
redis=$base front1=$((base + 1)) front2=$((base + 2)) entry=$((base + 3))

for project in Silo Frontend; do
  dotnet build "src/$project" -v q -clp:NoSummary -p:RunAnalyzers=false || exit 1
done
silo=$PWD/src/Silo/bin/Debug/net10.0/AiGateway.Silo.dll
frontend=$PWD/src/Frontend/bin/Debug/net10.0/AiGateway.Frontend.dll
nginx=$PWD/nginx.conf
cd "$folder" || exit 1

redis-server --port "$redis" --bind 127.0.0.1 --dir "$folder" --save '' --appendonly yes > redis.log & pids+=($!)
for _ in $(seq 100); do redis-cli -p "$redis" ping > /dev/null 2>&1 && break; sleep 0.1; done
echo "{ \"Gateway\": { \"Redis\": { \"Configuration\": \"127.0.0.1:$redis\" } } }" > gateway.json
silos=()
for i in 1 2 3; do
  Gateway__Cluster__SiloPort=$((base + 10 + i)) Gateway__Cluster__GatewayPort=$((base + 20 + i)) Gateway__Cluster__HealthUrls=http://127.0.0.1:$((base + 30 + i)) \
    dotnet "$silo" --config gateway.json > "silo$i.log" 2>&1 & pids+=($!) silos+=($!)
done
dotnet "$frontend" --config gateway.json --urls "http://127.0.0.1:$front1" > front1.log 2>&1 & pids+=($!) first=$!
dotnet "$frontend" --config gateway.json --urls "http://127.0.0.1:$front2" > front2.log 2>&1 & pids+=($!)
sed -e "s/frontend-1:8080/127.0.0.1:$front1/; s/frontend-2:8080/127.0.0.1:$front2/; s/listen 8080/listen 127.0.0.1:$entry/; s#/tmp/nginx.pid#$folder/nginx.pid#" "$nginx" > nginx.conf
nginx -e stderr -p "$folder" -c "$folder/nginx.conf" -g 'daemon off;' > nginx.log 2>&1 & pids+=($!)

failed=0
until_ready() { # url
  for _ in $(seq 300); do curl -fs -o /dev/null -m 2 "$1" && return; sleep 0.2; done
  echo "$1 does not answer"; tail -n 20 ./*.log; exit 1
}
check() { # name, expected, answer
  if grep -q "$2" <<< "$3"; then echo "ok      $1"; else echo "FAILED  $1: $3"; failed=1; fi
}
ask() { curl -s -m 60 "http://127.0.0.1:$entry$1" "${@:2}" -H 'Content-Type: application/json'; }

for i in 1 2 3; do until_ready "http://127.0.0.1:$((base + 30 + i))/health/ready"; done
until_ready "http://127.0.0.1:$front1/health/ready"
until_ready "http://127.0.0.1:$front2/health/ready"

round() { # when
  check "$1: chat" '"chat.completion"' "$(ask /v1/chat/completions -d '{"model":"demo","messages":[{"role":"user","content":"Hello!"}]}')"
  check "$1: a stream in the background ends" '\[DONE\]' "$(ask /v1/responses -N -d '{"model":"demo","input":"Hello!","background":true,"stream":true}')"
  local id
  id=$(ask /v1/responses -d '{"model":"demo","input":"Hello!"}' | grep -o 'resp_[0-9a-f]*' | head -n 1)
  check "$1: what was stored is found" '"completed"' "$(ask "/v1/responses/$id")"
}
round "whole"
check "metrics" aigateway_runs_running "$(curl -s "http://127.0.0.1:$((base + 31))/metrics")"
kill -KILL "$first" "${silos[0]}"
round "without a frontend and a silo"
exit $failed
