#!/usr/bin/env bash
# Runs every test that can run here, and says which cannot.
#
#   ./test.sh                          all tests
#   ./test.sh --filter Routing         options go to `dotnet test`
#   ./test.sh -c Release               the configuration goes to the build too
#
# The last line is `N passed, N failed, N skipped`; the exit code is 0 only if everything was built and no test failed.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
results="$PWD/artifacts/test-results"

configuration=Debug
options=()
while [ $# -gt 0 ]; do
  case "$1" in
    -c | --configuration) configuration="${2:?$1 needs a value}"; shift 2 ;;
    *) options+=("$1"); shift ;;
  esac
done

# The cluster's packages are not on every feed; what needs none of them is to be tested everywhere.
cluster_packages() {
  find src tests bench samples -name '*.csproj' -not -path '*/node_modules/*' -exec \
    sed -nE 's/.*<PackageReference +Include="((Microsoft\.Orleans|StackExchange\.Redis)[^"]*)".*/\1/p' {} + | sort -u
}

# In the tree, so that the central versions and the feeds configured for it hold for the probe too.
resolve() {
  local probe=artifacts/probe
  mkdir -p "$probe"
  {
    echo '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>'
    printf '  <PackageReference Include="%s" />\n' "$@"
    echo '</ItemGroup></Project>'
  } > "$probe/probe.csproj"
  timeout 300 dotnet restore "$probe/probe.csproj" -v q > "$probe/log.txt" 2>&1
}

mapfile -t packages < <(cluster_packages)
if [ ${#packages[@]} -eq 0 ]; then
  solution=AiGateway.sln
  echo "Testing $solution: no project needs the cluster's packages."
elif ! command -v redis-server > /dev/null; then
  solution=AiGateway.Standalone.slnf
  echo "Testing $solution only: the cluster's tests need redis-server, which is not installed."
elif resolve "${packages[@]}"; then
  solution=AiGateway.sln
  echo "Testing $solution: the cluster's packages resolve (${packages[*]})."
else
  solution=AiGateway.Standalone.slnf
  echo "Testing $solution only: this feed lacks packages of the cluster. $(grep -m1 -oE 'error .*' artifacts/probe/log.txt)"
fi

node_tests=tests/EndToEnd.Tests/node
if [ -f "$node_tests/package.json" ]; then
  if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
    echo "Skipping the Node client's tests: node and npm are not installed."
  elif [ "$node_tests/node_modules/.package-lock.json" -nt "$node_tests/package-lock.json" ]; then
    echo "Node $(node --version): the client's packages are there."
  elif (cd "$node_tests" && npm ci --no-audit --no-fund --loglevel=error); then
    echo "Node $(node --version): the client's packages are installed."
  else
    echo "Skipping the Node client's tests: npm could not install their packages."
  fi
fi

if ! dotnet build "$solution" -c "$configuration" -v q -clp:NoSummary; then
  echo "The build failed; nothing was tested."
  echo "0 passed, 0 failed, 0 skipped"
  exit 1
fi

# One assembly at a time: tests that measure waiting share the machine with no other.
rm -rf "$results"
dotnet test "$solution" -c "$configuration" --no-build -m:1 \
  --logger trx --results-directory "$results" --blame-hang-timeout 5m --blame-hang-dump-type none \
  ${options[@]+"${options[@]}"}
code=$?

read -r total executed passed failed < <(
  find "$results" -name '*.trx' -exec sed -nE 's/.*<Counters (.*)>.*/\1/p' {} + 2> /dev/null |
    awk '
      function count(name) { return match($0, "(^| )" name "=\"[0-9]+") ? substr($0, RSTART + length(name) + 2 + (substr($0, RSTART, 1) == " "), RLENGTH) + 0 : 0 }
      { total += count("total"); executed += count("executed"); passed += count("passed"); failed += count("failed") + count("error") + count("timeout") + count("aborted") }
      END { print total + 0, executed + 0, passed + 0, failed + 0 }')

echo
if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then
  echo "A test run did not end properly (a crash, a hang or a wrong option); counted as one failure."
  failed=1
fi
echo "$passed passed, $failed failed, $((total - executed)) skipped"
[ "$code" -eq 0 ] && [ "$failed" -eq 0 ]
