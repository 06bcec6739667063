# shellcheck shell=bash
# A run of accept, nightly or triage: its options, its directory, and its verdict.
#
# RUN/hosts            who takes part
# RUN/set-aside.tsv    host, step, reason: who no longer does
# RUN/not-tested.tsv   part, reason
# RUN/settings         what was asked for; --resume reads it
# RUN/steps            a run directory a step, see steps.sh

# shellcheck source=scripts/launch.sh
. "$here/launch.sh"

bin=${PLUMB_BIN:-}
if [ -z "$bin" ] && [ -x "$here/../build/bin/plumb-pairs" ]; then bin=$(readlink -f "$here/../build/bin"); fi
if [ -z "$bin" ]; then bin=$(dirname "$(command -v plumb-pairs || echo /usr/bin/plumb-pairs)"); fi
me=$(basename "$0")
run='' resume='' hosts='' dry_run='' plan='' nodes='' minutes=30 label='' backend='' ranks='' nics='' history='' limits='' watchdog=60 steps=node,map,gpu,pairs,retest,load,collectives,soak
schedule='' load_rounds=3 pairs_s=0 round_s=1 rate_Bps=12500000000 collectives_s=0
settings=(launcher backend ranks nics watchdog minutes label plan nodes history limits schedule load_rounds pairs_s round_s rate_Bps collectives_s steps)

number() { printf '%s %s%s' "$1" "$2" "$([ "$1" = 1 ] || echo s)"; }  # 1 host, 2 hosts
say() { printf '%s\n' "$*" >&2; }
usage() { sed -n '2,/^set /{s/^# \{0,1\}//p;}' "$0"; }
has_program() { [ -x "$bin/$1" ]; }
require_programs() {
  local program
  for program; do has_program "$program" || die "$bin/$program is not there; build it, or say where by PLUMB_BIN" 4; done
  command -v jq >/dev/null || die "jq is not installed; scripts/setup installs it" 4
}

wanted() { [[ ,$steps, == *",$1,"* ]]; }  # STEP

# A script's own options: own_option NAME VALUE, false when it has no such.
read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) usage; exit 0 ;;
      --dry-run) dry_run=1; shift; continue ;;
    esac
    [ $# -ge 2 ] || die "$1: no such option, or its value is missing; --help lists them"
    case $1 in
      --hosts | --resume | --plan | --nodes | --minutes | --label | --launcher | --backend | --ranks | --nics | --history | --limits | --watchdog | --steps)
        printf -v "${1#--}" '%s' "$2" ;;
      *) own_option "$1" "$2" || die "$1: no such option; --help lists them" ;;
    esac
    shift 2
  done
  check_options
}
own_option() { return 1; }

readonly step_names='(node|map|gpu|pairs|retest|load|collectives|soak)'
check_options() {
  local name
  for name in minutes ranks watchdog; do
    [[ ${!name:-1} =~ ^[1-9][0-9]{0,5}$ ]] || die "--$name ${!name}: a whole number above 0"
  done
  [[ ${backend:-mpi} =~ ^(mpi|ucx|verbs|nccl)$ ]] || die "--backend $backend: mpi, ucx, verbs or nccl"
  [[ $steps =~ ^$step_names(,$step_names)*$ ]] || die "--steps $steps: of node, map, gpu, pairs, retest, load, collectives, soak, with commas between"
  [[ $nics =~ ^[A-Za-z0-9_,.-]*$ ]] || die "--nics $nics: devices with commas between"
  for name in plan nodes limits; do
    [ -z "${!name}" ] || [ -r "${!name}" ] || die "--$name ${!name}: cannot be read" 4
    [ -z "${!name}" ] || printf -v $name '%s' "$(readlink -f "${!name}")"
  done
  [ -z "$history" ] || history=$(readlink -m "$history")
}

new_run() {  # LABEL
  [[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || die "label $(printf %q "$1"): letters, digits, '.', '_' and '-'"
  run=$(readlink -m "${PLUMB_RUNS:-runs}/$(date -u +%Y%m%dT%H%M%SZ)-$1")
  trap forget_unused EXIT
  mkdir -p "$run/steps" "$run/manifest"
  : >"$run/set-aside.tsv"
  : >"$run/not-tested.tsv"
}

# What was refused before it began leaves nothing.
forget_unused() { [ -e "$run/started" ] || rm -rf "$run"; }

save_settings() {
  local key
  for key in "${settings[@]}"; do printf '%s=%s\n' "$key" "${!key:-}"; done >"$run/settings.new"
  mv "$run/settings.new" "$run/settings"
}

load_settings() {
  local key value
  [ -f "$run/settings" ] || die "$run is no run that can be resumed: it has no settings" 4
  while IFS='=' read -r key value; do
    [[ " ${settings[*]} " == *" $key "* ]] || die "$run/settings: $key is no setting" 4
    printf -v "$key" '%s' "$value"
  done <"$run/settings"
  for key in load_rounds pairs_s collectives_s; do
    [[ ${!key} =~ ^[0-9]+$ ]] || die "$run/settings: $key is no number" 4
  done
  check_options
}

# One at a time, and never beside a job that a killed one left behind: whatever runs has the lock open.
lock_run() {
  exec 9>>"$run/lock"
  flock -n 9 || { say "waiting for what still runs in $run"; flock -w 600 9 || die "$run is in use" 4; }
  echo $$ >"$run/lock"
}

# write_manifest STATUS: until it says complete, no report passes. What was not tested stands in it, with the reason.
write_manifest() {
  [ -e "$run/started" ] || date -u +%Y-%m-%dT%H:%M:%SZ >"$run/started"
  local end=
  [ "$1" = running ] || end=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  jq -n --rawfile absent "$run/not-tested.tsv" --arg run "$(basename "$run")" --arg tool "$me" --arg status "$1" \
    --arg began "$(<"$run/started")" --arg ended "$end" --arg version "$("$bin/plumb-report" --version | awk '{ print $2 }')" \
    '{schema: 1, run: $run, tool: $tool, host: "", version: $version, argv: [$tool], start_utc: $began, end_utc: $ended, status: $status,
      reason: "", components: [$absent | split("\n")[] | select(. != "") | split("\t") | {name: .[0], version: "", absent_because: .[1]}],
      seeds: {}, environment: {}}' >"$run/manifest/new"
  mv "$run/manifest/new" "$run/manifest/$me.json"
}

not_tested() { printf '%s\t%s\n' "$1" "$2" >>"$run/not-tested.tsv"; }

# Hosts, directory and plan of a new run; or those of the one to go on with.
start_or_resume() {
  require_programs plumb-topo plumb-pairs plumb-allreduce plumb-alltoall plumb-report
  [ -z "$limits" ] || "$bin/plumb-report" limits --check "$limits" >/dev/null || exit 4
  if [ -n "$resume" ]; then
    [ -d "$resume" ] || die "--resume $resume: no such directory" 4
    run=$(readlink -f "$resume")
    lock_run
    load_settings
    choose_launcher "$run/hosts"
  else
    new_run "$label"
    plan_run
    [ -z "$dry_run" ] || exit 0
    lock_run
  fi
  choose_sizes
  trap interrupted INT TERM HUP
  write_manifest running
}

plan_run() {
  choose_launcher "$hosts"
  take_hosts
  choose_local
  plan_budget
  print_plan
  save_settings
}

# Who takes part: a hosts file, the allocation, or this machine.
take_hosts() {
  if [ -n "$hosts" ]; then
    [ -r "$hosts" ] || die "--hosts $hosts: cannot be read" 4
    read_hosts "$hosts" >"$run/hosts"
  elif [ "$launcher" = srun ]; then slurm_hosts "${SLURM_JOB_NODELIST:-}" >"$run/hosts"
  else uname -n >"$run/hosts"; fi
  [ -s "$run/hosts" ] || die "there are no hosts in $hosts" 4
}

interrupted() {
  trap - INT TERM HUP
  end_job
  jobs -p | xargs -r kill 2>/dev/null || true
  say ""
  say "interrupted in step $step"
  [ ! -e "$run/settings" ] || say "go on: $0 --resume $run"
  exit 130
}

# The steps' run directories that hold anything, those in which a host hung too.
step_dirs() {
  local one
  for one in "$run"/steps/*/; do
    if compgen -G "$one*.csv" >/dev/null || compgen -G "${one}manifest/*.json" >/dev/null; then printf '%s\n' "${one%/}"; fi
  done
}

# first_verdict DIR: of what there is so far.
first_verdict() {
  local dirs
  mkdir -p "$1"
  mapfile -t dirs < <(step_dirs)
  "$bin/plumb-report" "${dirs[@]}" ${limits:+--limits "$limits"} --out "$1" >"$1/verdict.txt" 2>"$1/err"
}

# judge OPTION…: all of it, on stdout and into RUN; plumb-report's exit code.
judge() {
  local code=0 dirs
  mapfile -t dirs < <(step_dirs)
  "$bin/plumb-report" "$run" "${dirs[@]}" ${limits:+--limits "$limits"} --out "$run" "$@" >"$run/verdict.txt" 2>"$run/report.err" || code=$?
  cat "$run/verdict.txt"
  [ -s "$run/verdict.txt" ] || cat "$run/report.err" >&2
  return $code
}

tell_rest() {
  if [ -s "$run/set-aside.tsv" ]; then
    echo "set aside"
    awk -F'\t' '{ printf "  %-12s %s, in step %s\n", $1, $3, $2 }' "$run/set-aside.tsv"
  fi
  if [ -s "$run/not-tested.tsv" ]; then
    echo "not tested"
    awk -F'\t' '!seen[$0]++ { printf "  %-12s %s\n", $1, $2 }' "$run/not-tested.tsv"
  fi
  if [ "$launcher" = srun ] && grep -qs '^scontrol ' "$run/report.md"; then
    echo "to drain (nothing runs this)"
    sed -n 's/^scontrol /  &/p' "$run/report.md"
  fi
}

conclude() {
  local code=0
  step=verdict
  write_manifest complete
  echo
  judge ${history:+--history "$history"} || code=$?
  tell_rest
  exit "$code"
}
