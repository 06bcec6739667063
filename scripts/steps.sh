# shellcheck shell=bash
# One step of a run, and the hosts that are left for it.
#
# Each measuring step has a run directory of its own, RUN/steps/NAME, and is complete when RUN/steps/NAME.done is there
# (the seconds it took): a run that was killed goes on with the first step that is not, and leaves what that one had
# written in RUN/interrupted. RUN/steps/NAME.without-1 is what was measured before a host was set aside.

# shellcheck source=scripts/run.sh
. "$here/run.sh"

step='' dir='' message=() pings=() collective=()

active() { cut -f1 "$run/set-aside.tsv" | grep -vxFf - "$run/hosts" || true; }
active_count() { active | wc -l; }

# The name in the hosts file of a host that calls itself so.
given_name() { awk -F'\t' -v own="$1" '$2 == own || $1 == own { print $1; exit }' "$run/names.tsv" 2>/dev/null || true; }
own_name() { awk -F'\t' -v given="$1" '$1 == given { print $2; found = 1; exit } END { if (!found) print given }' "$run/names.tsv" 2>/dev/null || echo "$1"; }

# set_aside HOST REASON [told]: told, when a row or a manifest of the step names it already; else a row of checks does.
set_aside() {
  local row=$run/checks.$me.csv reason=${2//$'\t'/ }
  say "             $1 is set aside: $reason"
  printf '%s\t%s\t%s\n' "$1" "$step" "$reason" >>"$run/set-aside.tsv"
  [ "${3:-}" != told ] || return 0
  [ -e "$row" ] || echo host,subject,check,status,observed,expected,advice >"$row"
  printf '%s,host/%s,host_set_aside,fail,"%s","answers, and finishes what it begins","look at that host: is it up, what does its kernel log say? then measure it again"\n' \
    "$(own_name "$1")" "$(own_name "$1")" "${reason//\"/\"\"}" >>"$row"
}

# begin NAME WORDS: false when it is complete.
begin() {
  step=$1 dir=$run/steps/$1 began=$SECONDS
  if [ -e "$dir.done" ]; then
    say "$(printf '%-12s complete, not measured again' "$1")"
    return 1
  fi
  if [ -e "$dir" ]; then
    mkdir -p "$run/interrupted"
    mv "$dir" "$run/interrupted/$1.$(date -u +%H%M%S%N)"
  fi
  mkdir -p "$dir"
  say "$(printf '%-12s %s' "$1" "$2")"
}

finish() {
  echo $((SECONDS - began)) >"$dir.done.new"
  mv "$dir.done.new" "$dir.done"
}

used_seconds() { cat "$run"/steps/*.done 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'; }

# The host and why, as "host<TAB>reason": what the watchdog wrote, or what the launcher said.
blamed() {
  local text
  text=$(cat "$dir"/manifest/*.json "$dir.err" 2>/dev/null | grep -oE '(hung|dead): rank [0-9]+ on host [A-Za-z0-9._-]+: [^";]*' | sort -r | head -1) || true
  if [[ $text =~ on\ host\ ([A-Za-z0-9._-]+): ]]; then printf '%s\t%s\n' "${BASH_REMATCH[1]}" "$text"; return; fi
  text=$(grep -oE 'process rank [0-9]+ with PID [0-9]+ on node [A-Za-z0-9._-]+ exited on signal [0-9]+|error: [A-Za-z0-9._-]+: task [0-9]+: .*' "$dir.err" | head -1) || true
  if [[ $text =~ on\ node\ ([A-Za-z0-9._-]+)\ exited || $text =~ error:\ ([A-Za-z0-9._-]+):\ task ]]; then printf '%s\t%s\n' "${BASH_REMATCH[1]}" "$text"; fi
}

# Those that no longer answer.
silent() {
  local host code
  active >"$dir.asked"
  on_each "$dir.asked" 20 "$dir.answers" true
  while read -r host; do
    read -r code <"$dir.answers/$host.code"
    [ "$code" = 0 ] || printf '%s\tdoes not answer any more\n' "$host"
  done <"$dir.asked"
}

# Names the hosts of a job that failed and sets them aside; false when nobody can be named.
set_aside_blamed() {
  local host reason told given found=1 file=$dir.blamed
  blamed >"$file"
  [ -s "$file" ] || silent >"$file"
  while IFS=$'\t' read -r host reason; do
    given=$(given_name "$host")
    if [ -z "$given" ] || ! active | grep -qxF "$given"; then continue; fi
    told=
    if grep -qE "(hung|dead): rank [0-9]+ on host ${host//./\\.}:" "$dir"/manifest/*.json 2>/dev/null; then told=told; fi
    set_aside "$given" "$reason" $told
    found=0
  done <"$file"
  return $found
}

# measure SECONDS HOSTS PROGRAM ARGUMENT…: an MPI job of this step on the first HOSTS active hosts. A host that hangs or
# dies is set aside and the rest measure again. What was measured with it stays, for the report to name it. A job that
# dies before its first row is started again, three times at most: Open MPI 4.1 over TCP crashes in MPI_Init now and then
# when srun starts it, and that is no host's fault.
measure() {
  local seconds=$1 count=$2 program=$3 code tries=0 starts=0
  shift 3
  while :; do
    active | head -n "$count" >"$dir.hosts"
    [ "$(wc -l <"$dir.hosts")" -ge 2 ] || [ "$launcher" = local ] || { not_tested "$step" "fewer than two hosts are left"; return; }
    code=0
    as_ranks "$dir.hosts" "$ranks" $((seconds * 3 + watchdog + 90)) "$bin/$program" "$@" --backend "$backend" ${nics:+--nics "$nics"} \
      --timeout "${watchdog}s" --run-dir "$dir" >>"$dir.out" 2>>"$dir.err" || code=$?
    [ "$code" -gt 1 ] || return 0
    if [ "$code" -eq 2 ] || [ "$code" -eq 3 ]; then  # wrong use, or nothing to measure: again it would say the same
      not_tested "$step" "$(last_words)"
      say "             $(last_words)"
      return
    fi
    starts=$((starts + 1))
    if [ $starts -le 3 ] && ! compgen -G "$dir/manifest/*.json" >/dev/null && [ "$code" -ne 124 ] && [ -z "$(silent)" ]; then
      say "             died at its start ($(last_words | cut -c1-60)): again"
      continue
    fi
    tries=$((tries + 1))
    if [ $tries -gt 8 ] || ! set_aside_blamed; then
      not_tested "$step" "$program ended with $code: $(last_words)"
      say "             failed with $code: $(last_words)"
      return
    fi
    keep_without
    mkdir -p "$dir"
  done
}

keep_without() {
  local number=1
  while [ -e "$dir.without-$number" ]; do number=$((number + 1)); done
  mv "$dir" "$dir.without-$number"
}

# What a program said at last: its own error, else whatever came.
last_words() {
  local words
  words=$(grep -E '^plumb[a-z-]*: ' "$dir.err" | tail -1) || words=$(grep -vE '^(-+|)$' "$dir.err" | tail -1) || true
  tr -d '\t' <<<"$words" | cut -c1-200
}
