# shellcheck shell=bash
# What is measured, one function a step. accept, nightly and triage choose among them.

# shellcheck source=scripts/budget.sh
. "$here/budget.sh"

# Runs on every host, by sh: what must be known before anything is started there. $1 plumb-pairs, $2 the run directory.
# shellcheck disable=SC2016
probe='echo "name $(uname -n)"
echo "program $("$1" --version 2>&1 | head -1), checksum $(cksum <"$1" 2>/dev/null | cut -d" " -f1)"
if test -w "$2"; then echo "run yes"; else echo "run no"; fi
echo "gpus $(ls -d /dev/nvidia[0-9]* 2>/dev/null | wc -l)"
if test -S /run/lldpd.socket; then echo "lldp yes"; fi
if grep -qs InfiniBand /sys/class/infiniband/*/ports/*/link_layer; then echo "ib yes"; fi'

# HOST, exit code, name, "yes" when the run can be written, program: of all hosts that were asked, with | between. In one
# go, since a process for each answer of each host takes minutes where hosts are many.
answers() {
  (cd "$run/probe" && find . '(' -name '*.out' -o -name '*.code' ')' -exec grep -H '' {} +) | awk -v OFS='|' '
    NR == FNR { hosts[++n] = $0; next }
    { at = index($0, ":"); host = substr($0, 3, at - 3); text = substr($0, at + 1) }
    sub(/\.code$/, "", host) { code[host] = text; next }
    { sub(/\.out$/, "", host); key = text; sub(/ .*/, "", key); sub(/^[^ ]* /, "", text); gsub(/\|/, " ", text); told[host, key] = text }
    END { for (i = 1; i <= n; i++) { host = hosts[i]; print host, code[host], told[host, "name"], told[host, "run"], told[host, "program"] } }
  ' "$run/preflight.hosts" -
}

# The first active host that answered so; empty: none.
first_with() {  # LINE
  { find "$run/probe" -name '*.out' -exec grep -lx "$1" {} + | sed 's|.*/||; s|\.out$||' | grep -xFf - <(active) || true; } | sed -n 1p
}

# Who answers, with the same program, and sees the run directory.
preflight() {
  begin preflight "$(number "$(active_count)" host)" || return 0
  local host code name writes program usual
  active >"$run/preflight.hosts"
  rm -rf "$run/probe"
  on_each "$run/preflight.hosts" 30 "$run/probe" sh -c "$probe" sh "$bin/plumb-pairs" "$run"
  usual=$(all_lines "$run/probe" '*.out' | sed -n 's/^program //p' | sort | uniq -c | sort -rn | sed -n '1s/^ *[0-9]* //p')
  : >"$run/names.tsv"
  while IFS='|' read -r host code name writes program; do
    if [ "$code" != 0 ]; then
      set_aside "$host" "does not answer: $(tail -1 "$run/probe/$host.err" | tr -d '\r' | cut -c1-120)"
      continue
    fi
    printf '%s\t%s\n' "$host" "$name" >>"$run/names.tsv"
    if [ "$writes" != yes ]; then set_aside "$host" "cannot write $run: it must be on a file system that all hosts share"
    elif [ "$program" != "$usual" ]; then set_aside "$host" "has another plumb-pairs: $program; most have: $usual"; fi
  done < <(answers)
  [ "$(active_count)" -gt 0 ] || die "no host is left; see $run/set-aside.tsv" 4
  finish
}

# once_each SECONDS PROGRAM ARGUMENT…: a program that looks at one host, on each; rows in the step's directory.
once_each() {
  local seconds=$1 program=$2 host code
  shift 2
  active >"$dir.hosts"
  on_each "$dir.hosts" "$seconds" "$dir.said" "$bin/$program" "$@"
  while read -r host; do
    read -r code <"$dir.said/$host.code"
    case $code in
      0 | 1) ;;
      3) not_tested "$step" "$host: $(tail -1 "$dir.said/$host.err")" ;;
      124 | 137) set_aside "$host" "$program did not end within $seconds s" ;;
      *) not_tested "$step" "$host: $program ended with $code: $(tail -1 "$dir.said/$host.err" | cut -c1-160)" ;;
    esac
  done <"$dir.hosts"
}

node_checks() {
  if ! has_program plumb-node; then not_tested node "plumb-node is not installed"; return; fi
  begin node "$(number "$(active_count)" host)" || return 0
  once_each 120 plumb-node --run-dir "$dir"
  finish
}

# What hosts see of themselves and their neighbours, and the plan; checked against each other where cables are seen.
map() {
  begin map "$(number "$(active_count)" host)$([ -z "$plan" ] || echo ", plan $(basename "$plan")")" || return 0
  local from=(--from node) ib with=() file
  if [ "$(all_lines "$run/probe" '*.out' | grep -cx 'lldp yes' || true)" -ge "$(active_count)" ]; then from+=(--from lldp); fi
  once_each 120 plumb-topo discover "${from[@]}" --run-dir "$dir/seen"
  ib=$(first_with 'ib yes')
  if [ -n "$ib" ]; then
    on_host 600 "$ib" "$bin/plumb-topo" discover --from ib --run-dir "$dir/seen" >>"$dir.out" 2>>"$dir.err" ||
      not_tested map "the InfiniBand fabric was not seen whole: $(tail -1 "$dir.err")"
  fi
  for file in "$plan" "$nodes"; do [ -z "$file" ] || with+=(--plan "$file"); done
  "$bin/plumb-topo" discover --from "$dir/seen" "${with[@]}" --run-dir "$dir" >>"$dir.out" 2>>"$dir.err" ||
    not_tested map "$(tail -1 "$dir.err")"
  find "$dir/seen" -maxdepth 1 -name 'checks.map*.csv' -exec cp -n -t "$dir" {} +
  check_plan
  finish
}

has_cables() { any_line "$1" 'links*.csv' '^[^,]*,cable,'; }  # DIR of a map

check_plan() {
  if [ -z "$plan" ]; then not_tested cables "no plan was given: cables and switches are neither compared nor named"; return; fi
  if ! has_cables "$dir/seen"; then
    not_tested plan "no host sees cables (InfiniBand, or lldpd on every host): the plan is taken as the map, unchecked"
    return
  fi
  local code=0
  "$bin/plumb-topo" check --run-dir "$dir" --plan "$plan" >>"$dir.out" 2>>"$dir.err" || code=$?
  case $code in 0) ;; 1) say "             not as planned; see $dir.out" ;; *) not_tested plan "$(tail -1 "$dir.err")" ;; esac
}

gpus() {  # OPTION…
  if ! any_line "$run/probe" '*.out' '^gpus [1-9]'; then not_tested gpu "no host has a GPU (/dev/nvidia0)"; return; fi
  begin gpu "$(number "$(active_count)" host), plumb-gpu $*" || return 0
  once_each 600 plumb-gpu "$@" --run-dir "$dir"
  finish
}

# Four local ranks at most: those that share a core slow each other, and would be blamed for it.
choose_local() {
  [ "$launcher" = local ] && [ -z "$ranks" ] || return 0
  ranks=$(nproc)
  ranks=$((ranks < 2 ? 2 : ranks > 4 ? 4 : ranks))
}

# nccl, a rank a GPU, where all hosts have the same number of GPUs and NCCL is there.
choose_backend() {
  local each
  each=$(all_lines "$run/probe" '*.out' | sed -n 's/^gpus //p' | sort -u)
  if [ -z "$backend" ]; then
    backend=mpi
    if [[ $each =~ ^[1-9][0-9]*$ ]] && on_host 60 "$(active | head -1)" "$bin/plumb-pairs" --components | grep -q '^nccl: [^a]'; then backend=nccl; fi
  fi
  if [ -z "$ranks" ]; then
    ranks=1
    if [ -n "$nics" ]; then ranks=$(tr ',' '\n' <<<"$nics" | grep -c .); elif [ "$backend" = nccl ]; then ranks=$each; fi
  fi
}

pairs_options() {
  more=()
  [ "$launcher" != local ] || more=(--allow-shared)
  if has_cables "$run/steps/map"; then more+=(--topology "$run/steps/map"); fi
}

pairs() {  # NAME SCHEDULE SECONDS OPTION…
  begin "$1" "$2, $(number "$(active_count)" host)" || return 0
  local schedule=$2 seconds=$3 more
  shift 3
  pairs_options
  measure "$seconds" 1000000 plumb-pairs --schedule "$schedule" "${message[@]}" "${pings[@]}" "${more[@]}" "$@"
  finish
}

# Suspects of a first verdict against good partners.
retest() {
  begin retest "first verdict" || return 0
  local rows more
  first_verdict "$run/first" || true
  # Nobody who was set aside: their ranks are not there.
  active | awk -F'\t' 'NR == FNR { own[$1] = $2; next } { print $1 in own ? own[$1] : $1 }' "$run/names.tsv" - >"$dir.own"
  awk -F, 'NR == FNR { here[$1]; next } FNR == 1 { print; next } { split($2, a, "/"); split($3, b, "/") } (a[2] in here) && (b[2] in here)' \
    "$dir.own" "$run/first/retest.csv" >"$dir.csv"
  rows=$(($(wc -l <"$dir.csv") - 1))
  say "             first verdict: $(head -1 "$run/first/verdict.txt" | cut -c1-100)"
  if [ "$rows" -le 0 ]; then rmdir "$dir"; finish; return; fi
  say "             $rows directions again"
  pairs_options
  measure "$pairs_s" 1000000 plumb-pairs --schedule "file:$dir.csv" "${message[@]}" "${pings[@]}" "${more[@]}"
  finish
}

collectives() {
  local count name
  for count in $(host_counts "$(active_count)"); do
    for name in allreduce alltoall; do
      begin "$name-$count" "$(number "$count" host)" || continue
      measure $((collectives_s + 10)) "$count" "plumb-$name" "${collective[@]}"
      finish
    done
  done
  if [ "${ranks:-1}" -lt 2 ] || [ "$(active_count)" -lt 2 ]; then return; fi
  by_groups rails "MOD $ranks" "each rail by itself, all at once"
  [ "$backend" != nccl ] || by_groups hosts "DIV $ranks" "each host by itself, all at once"
}

# by_groups NAME SPLIT WORDS: ranks are numbered host by host.
by_groups() {
  begin "allreduce-$1" "$3" || return 0
  measure $((collectives_s + 10)) 1000000 plumb-allreduce "${collective[@]}" --split "$2"
  finish
}

# soak_part NAME SECONDS PROGRAM: the largest size only, for so long.
soak_part() {
  [ "$2" -ge 10 ] || return 0
  begin "$1" "$2 s on $(number "$(active_count)" host)" || return 0
  measure "$2" 1000000 "$3" -b "${collective[3]}" -e "${collective[3]}" --place out --duration "$2s"
  finish
}

soak() {
  local left
  left=$((minutes * 60 - $(used_seconds)))
  if [ "$left" -lt 30 ] && [ ! -e "$run/steps/soak-pairs.done" ]; then not_tested soak "no time was left for it"; return; fi
  soak_part soak-allreduce $((left / 3)) plumb-allreduce
  soak_part soak-alltoall $((left / 3)) plumb-alltoall
  left=$((minutes * 60 - $(used_seconds)))
  local rounds pings=(--latency-iters 0)
  rounds=$(awk -v left="$left" -v round="$round_s" 'BEGIN { k = int(left / (round + 0.001)); print (k > 64 ? 64 : k) }')
  [ "$rounds" -lt 1 ] || pairs soak-pairs "matchings:$rounds" "$left" --seed 2
}

measure_all() {
  preflight
  choose_backend
  save_settings
  if wanted node; then node_checks; fi
  if wanted map; then map; fi
  if wanted gpu; then gpus --quick; fi
  if wanted pairs; then pairs pairs "$schedule" "$pairs_s"; fi
  if wanted retest; then retest; fi
  if wanted load; then
    pairs all-rails "all-rails:$load_rounds" "$pairs_s"
    pairs bisection bisection "$pairs_s"
  fi
  if wanted collectives; then collectives; fi
  if wanted soak; then soak; fi
}
