#!/usr/bin/env bash
# The whole story on real data: a base image from Debian packages, three stages from Dockerfiles, versioned data, pipelines that run by
# themselves, a model, predictions, and the way back from a prediction to what made it. `make demo` runs it.
#
# State is kept in .cache/demo, so that a second run shows what need not be done again. DEMO_FRESH=1 starts over.
# Every step checks what it claims; a claim that does not hold ends the demo with a non-zero exit code.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export SLIPWAY_HOME=${SLIPWAY_DEMO_HOME:-$root/.cache/demo}
export PATH=$root/bin:$PATH
export SOURCE_DATE_EPOCH=946684800 # The same digests, whichever commit is checked out, and where none is.
base=python:3.11-sklearn
work=$(mktemp -d /tmp/slipway-demo.XXXX)
titles=()
times=()
began=$(date +%s%N)
started=$(date -u +%Y-%m-%dT%H:%M:%S)

[ -t 1 ] && bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m' || bold='' dim='' green='' red='' plain=''

finish() {
  code=$?
  slipway daemon stop >/dev/null 2>&1 || true
  rm -rf "$work"
  [ "$code" = 0 ] || printf '\n%sThe demo stopped: the words above say why.%s State and server log: %s\n' "$red" "$plain" "$SLIPWAY_HOME" >&2
}
trap finish EXIT

seconds() { awk -v ns="$1" 'BEGIN { printf "%.1f s", ns / 1e9 }'; }

end_step() {
  if [ ${#titles[@]} -gt ${#times[@]} ]; then
    times+=($(($(date +%s%N) - step_began)))
    printf '%s  (%s)%s\n' "$dim" "$(seconds "${times[-1]}")" "$plain"
  fi
}

step() {
  end_step
  titles+=("$1")
  step_began=$(date +%s%N)
  printf '\n%s%d. %s%s\n' "$bold" "${#titles[@]}" "$1" "$plain"
}

# Prints a command as a person would type it, and runs it.
show() {
  local word line='$'
  for word in "$@"; do
    case $word in *' '*) line+=" '$word'" ;; *) line+=" $word" ;; esac
  done
  printf '%s%s%s\n' "$bold" "$line" "$plain"
  "$@"
}

check() { # what it claims, what is, what should be
  if [ "$2" = "$3" ]; then
    printf '%s  ✓ %s%s\n' "$green" "$1" "$plain"
  else
    printf '%s  ✗ %s: is [%s], should be [%s]%s\n' "$red" "$1" "$2" "$3" "$plain"
    exit 1
  fi
}

# Of the newest job of a pipeline: its state, how many datums ran, how many were skipped.
last() {
  slipway job list -o json | jq -r --arg pipeline "$1" \
    'map(select(.pipeline == $pipeline)) | .[0] | "\(.state) \(.counts.processed) ran, \(.counts.skipped) skipped"'
}

jobs_of() { slipway job list -o json | jq --arg pipeline "$1" 'map(select(.pipeline == $pipeline)) | length'; }

[ -z "${DEMO_FRESH:-}" ] || { slipway daemon stop >/dev/null 2>&1 || true; rm -rf "$SLIPWAY_HOME"; }
mkdir -p "$SLIPWAY_HOME"
cd "$root/examples/iris"
# On a second run every answer is known already.
if slipway repo inspect training >/dev/null 2>&1; then again=yes; else again=; fi
ran() { if [ -n "$again" ]; then echo "succeeded 0 ran, $(($1 + $2)) skipped"; else echo "succeeded $1 ran, $2 skipped"; fi; }

step "A base image, from Debian's packages"
tar=$("$root/scripts/make-base-image.sh" "$base")
if [ "$(cat "$SLIPWAY_HOME/demo-base" 2>/dev/null)" = "$tar" ]; then
  echo "  $base is imported already"
else
  show slipway image import "$tar" "$base"
  echo "$tar" >"$SLIPWAY_HOME/demo-base"
fi

step "Three stages, from ordinary Dockerfiles"
for stage in pre-process train infer; do
  show slipway build -t "iris/$stage" "./$stage"
done
digest=$(slipway image inspect iris/train -o json | jq -r .digest)
echo "  and once more, because a second build runs nothing:"
show slipway build -t iris/train ./train
check 'the same image, byte for byte' "$(slipway image inspect iris/train -o json | jq -r .digest)" "$digest"

step "Repos for data, and the data"
if [ -z "$again" ]; then
  show slipway repo create training
  show slipway repo create attributes
else
  slipway file rm attributes@master:/test2.csv >/dev/null
fi
show slipway put training@master:/iris.csv -f data/iris.csv
show slipway put attributes@master:/test1.csv -f data/attributes/test1.csv

step "Three pipelines: they run by themselves, as data is there"
for pipeline in pre-process train infer; do
  show slipway pipeline create -f "$pipeline.json"
done
show slipway wait attributes@master
show slipway wait training@master
show slipway cat inference@master:/test1.csv
check 'a prediction for each of five rows' "$(slipway cat inference@master:/test1.csv | tail -n +2 | wc -l)" 5

step "A second file of attributes: one datum runs, the other is skipped"
show slipway put attributes@master:/test2.csv -f data/attributes/test2.csv
show slipway wait attributes@master
check "inference: $(last inference)" "$(last inference)" "$(ran 1 1)"
show slipway ls inference@master:/

step "The training data changes: everything downstream runs again, once"
awk 'NR == 1 || NR % 3' data/iris.csv >"$work/iris.csv"
before=$(jobs_of inference)
show slipway put training@master:/iris.csv -f "$work/iris.csv" -m 'every third row left out'
show slipway wait training@master
check "pre-process: $(last pre-process)" "$(last pre-process)" "$(ran 1 0)"
check "train: $(last train)" "$(last train)" "$(ran 1 0)"
check "inference: $(last inference)" "$(last inference)" "$(ran 2 0)"
check 'one job of inference, not more' "$(($(jobs_of inference) - before))" 1
show slipway diff training@master^ training@master

step "It is put back: nothing runs, the old results are there"
show slipway put training@master:/iris.csv -f data/iris.csv -m 'all rows again'
show slipway wait training@master
for pipeline in pre-process:1 train:1 inference:2; do
  check "${pipeline%:*}: $(last "${pipeline%:*}")" "$(last "${pipeline%:*}")" "succeeded 0 ran, ${pipeline#*:} skipped"
done

step "Looking around"
show slipway ls train@master:/
show slipway get train@master:/metrics.json -o "$work/metrics.json"
check 'the metrics that came out are those that train wrote' "$(jq .accuracy "$work/metrics.json")" "$(slipway cat train@master:/metrics.json | jq .accuracy)"
show slipway job list
job=$(slipway job list -o json | jq -r 'map(select(.pipeline == "train" and .state == "succeeded")) | .[-1].id')
show slipway job inspect "$job"
show slipway logs --job "$job"

step "Why does this prediction say what it says?"
show slipway lineage inference@master:/test1.csv
slipway lineage inference@master:/test1.csv -o json >"$work/lineage.json"
inputs() { jq -r "[.. | objects | select(.repo? == \"$1\" and (.madeBy // [] | length) == 0 and (.seeAbove | not)) | .path] | unique | join(\" \")" "$work/lineage.json"; }
check 'it leads back to the attributes' "$(inputs attributes)" /test1.csv
check 'and to the measurements' "$(inputs training)" /
check 'through images with a digest' "$(jq -r '[.. | .imageDigest? // empty | startswith("sha256:")] | all and length >= 3' "$work/lineage.json")" true
end_step

printf '\n%sPredictions%s\n' "$bold" "$plain"
slipway cat inference@master:/test1.csv
slipway cat inference@master:/test2.csv | tail -n +2
printf '\n%sThe pipeline%s\n' "$bold" "$plain"
slipway graph
slipway job list -o json | jq -r --arg started "$started" --arg bold "$bold" --arg plain "$plain" \
  'map(select(.created >= $started)) | "\n\($bold)This run\($plain): \(length) jobs, \(map(.counts.processed) | add) datums ran, \(map(.counts.skipped) | add) were answered already."'
for i in "${!titles[@]}"; do printf '  %8s  %s\n' "$(seconds "${times[$i]}")" "${titles[$i]}"; done
printf '  %8s  in all\n' "$(seconds $(($(date +%s%N) - began)))"

cat <<MSG

${bold}What to try next${plain} (bin/slipway; export SLIPWAY_HOME=$SLIPWAY_HOME to look around in the demo's state)
  make demo                                          again: nothing needs to run
  slipway run -it --rm iris/train bash               a shell where the model is trained
  slipway up examples/iris --dry-run                 the same story from one slipway.yaml
  slipway up examples/cameras                        four stages over pictures (needs: scripts/make-base-image.sh python:3.11-vision)
  slipway --help
MSG
