#!/usr/bin/env bash
# Runs the test projects one by one over what is built already, and ends with one line: N passed, N failed.
#
#   scripts/test.sh [--long] [PROJECT…]      --long adds the tests marked [Trait("Category", "Long")]
#
# A project whose runner crashes, or that runs no test at all, counts as one failure: silence is never success.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

filter=(--filter 'Category!=Long')
limit=1200
if [ "${1:-}" = --long ]; then
  filter=()
  limit=7200
  shift
fi

projects=("$@")
if [ ${#projects[@]} = 0 ]; then
  mapfile -t projects < <(find tests -name '*.Tests.csproj' -not -path '*/obj/*' | sort -r)
fi

results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

# One attribute of the summary that a test run leaves behind in its trx file; empty when there is none.
counter() { sed -n 's/.*<Counters [^>]*\b'"$2"'="\([0-9]*\)".*/\1/p' "$1" 2>/dev/null | head -n 1; }

passed=0
failed=0
for project in "${projects[@]}"; do
  name=$(basename "$project" .csproj)
  dll=$(find "$(dirname "$project")/bin/${CONFIGURATION:-Debug}" -name "$name.dll" -not -path '*/ref/*' 2>/dev/null | head -n 1)
  began=$SECONDS
  code=0
  if [ -z "$dll" ]; then
    echo "$name is not built"
    code=1
  else
    timeout --kill-after=30 "$limit" dotnet test "$dll" "${filter[@]}" --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=minimal' \
      --results-directory "$results" --nologo >"$results/$name.log" 2>&1 </dev/null || code=$?
  fi
  p=$(counter "$results/$name.trx" passed)
  f=$(counter "$results/$name.trx" failed)
  total=$(counter "$results/$name.trx" total)
  p=${p:-0} f=${f:-0} total=${total:-0}
  # Whatever neither passed nor was counted as failed (aborted, timed out, a crashed runner, no test) fails.
  if [ "$total" = 0 ] || { [ "$code" != 0 ] && [ "$f" = 0 ]; }; then
    f=$((f + 1))
    [ "$code" != 124 ] || echo "$name ran longer than $limit s and was stopped"
    [ "$total" != 0 ] || echo "$name ran no test (exit code $code)"
  fi
  passed=$((passed + p))
  failed=$((failed + f))
  printf '%-28s %4d passed  %3d failed  %4d s\n' "$name" "$p" "$f" "$((SECONDS - began))"
  [ "$f" = 0 ] || cat "$results/$name.log" 2>/dev/null
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
