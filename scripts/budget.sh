# shellcheck shell=bash
# Minutes turned into a plan, and the plan in words, before anything is measured.
#
# Pairs get 30 % of the time, rows under load 10 %, collectives what they need, the soak what is left. Times are bytes
# over line rate, as plumb-pairs --plan has them, and starts of jobs; what was not known is said.

# shellcheck source=scripts/steps.sh
. "$here/steps.sh"

drawn='' start_s=2

# The cables of the plan, else hosts on a switch that nobody knows: enough to count rounds.
planned_topology() {
  drawn=$plan
  [ -z "$plan" ] || [ "$(wc -l <"$run/hosts")" -lt 2 ] || return 0
  drawn=$run/hosts.csv
  { echo kind,a,b; sed 's|.*|cable,host/&,switch/unknown|' "$run/hosts"; } >"$drawn"
  # Of one host its ranks are the ends.
  if [ "$(wc -l <"$drawn")" -lt 3 ]; then seq "${ranks:-2}" | sed 's|.*|cable,host/rank-&,switch/unknown|' >>"$drawn"; fi
}

# Sizes for the rate: a window of messages should take some milliseconds at least, a round no minute.
choose_sizes() {
  if awk -v rate="$rate_Bps" 'BEGIN { exit !(rate < 1.25e8) }'; then
    message=(-b 256K --window 4 -n 8)
    pings=(--latency-iters 20)
    collective=(-b 64K -e 1M -f 4 -n 5 -w 1 --place out)
  else
    message=(-b 4M --window 8 -n 20)
    pings=()
    collective=(-b 64K -e "$([ -n "$plan" ] && echo 256M || echo 64M)" -f 4 -n 10 -w 2 --place out)
  fi
}

pairs_plan() { "$bin/plumb-pairs" --plan --topology "$drawn" --schedule "$1" "${message[@]}" "${pings[@]}"; }

# "at 200 Mb/s" and "about 1.01 s" of a plan, in bytes a second and in seconds.
number_after() {  # WORD, unit factors
  awk -v word="$1" -v units="$2" 'BEGIN { split(units, list, " "); for (i in list) { split(list[i], one, "="); factor[one[1]] = one[2] } }
    /^about / { for (i = 1; i < NF; i++) if ($i == word) { unit = $(i + 2); sub(/[,;)]$/, "", unit); print $(i + 1) * factor[unit]; exit } }'
}
seconds_of() { number_after about "ns=1e-9 us=1e-6 ms=1e-3 s=1"; }
rate_of() { number_after at "kb/s=125 Mb/s=125000 Gb/s=125000000 Tb/s=125000000000"; }

# 2, 4, 8, … and all.
host_counts() {
  local count
  for ((count = 2; count < $1; count *= 2)); do echo "$count"; done
  echo "$1"
}

# Of one collective: its sizes add up to a third more than the largest, sent up to four times.
collective_seconds() {
  awk -v rate="$rate_Bps" -v start="$start_s" -v bytes="$(numfmt --from=iec "${collective[3]}")" -v rounds=$((collective[7] + collective[9])) \
    'BEGIN { printf "%.1f", start + 4 / 3 * bytes * 4 * rounds / rate }'
}

# Sets sizes, rate_Bps and round_s.
learn_rates() {
  local text
  planned_topology
  choose_sizes
  text=$(pairs_plan matchings:3) || die "the plan cannot be used" 4
  rate_Bps=$(rate_of <<<"$text")
  choose_sizes
  text=$(pairs_plan matchings:3)
  round_s=$(seconds_of <<<"$text" | awk '{ printf "%.4f", $1 / 3 }')
}

# Sets schedule, load_rounds, pairs_s; fails when the time is too short for the least that makes a verdict.
plan_budget() {
  local count least budget=$((minutes * 60)) all
  count=$(wc -l <"$run/hosts")
  learn_rates
  start_s=$((2 + count / 200))
  if wanted collectives; then collectives_s=$(collective_seconds | awk -v jobs=$((2 * $(host_counts "$count" | wc -l))) '{ printf "%.0f", $1 * jobs }'); fi
  if wanted load; then load_rounds=3; else load_rounds=0; fi
  least=$(awk -v r="$round_s" -v s="$start_s" -v c="$collectives_s" -v l="$load_rounds" -v n="$count" -v f="$fanout" \
    'BEGIN { printf "%d", 20 + 4 * n / f + (6 + l) * r + (l > 0 ? 4 : 2) * s + c + n / 2000 }')
  [ "$budget" -ge "$least" ] || die "--minutes $minutes is too short for $count hosts: give $(((least + 59) / 60)) or more"
  all=$((count - 1 + count % 2))
  read -r rounds load_rounds pairs_s < <(awk -v b="$budget" -v r="$round_s" -v s="$start_s" -v all="$all" 'BEGIN {
    k = int(0.3 * b / r); k = k >= all ? all : k > 64 ? 64 : k < 3 ? 3 : k
    l = int(0.1 * b / r); l = l > 12 ? 12 : l < 3 ? 3 : l
    printf "%d %d %d\n", k, l, k * r + s }')
  schedule=matchings:$rounds
  [ "$rounds" -lt "$all" ] || schedule=round-robin
}

print_plan() {
  local count text load_s
  count=$(wc -l <"$run/hosts")
  text=$(pairs_plan "$schedule")
  load_s=$(awk -v r="$round_s" -v k="$load_rounds" -v s="$start_s" 'BEGIN { printf "%d", (k + 1) * r + 2 * s }')
  echo "$(number "$count" host) by $launcher, $(number "$minutes" minute)${backend:+, $backend}${ranks:+, ranks a host: $ranks}"
  row() { if [ "$1" = preflight ] || wanted "$1"; then printf '  %-12s %-58s %s\n' "$@"; fi; }
  row preflight "each host: answers, same programs, sees the run directory" ""
  row node "plumb-node on each host" ""
  row map "$([ -n "$plan" ] && echo "the plan, and what hosts see" || echo "what hosts see; no plan: cables stay unknown")" ""
  row gpu "where there are GPUs: plumb-gpu --quick" ""
  row pairs "$schedule, ${message[*]:0:2}: $(sed -n 's/.*: \([0-9]* rounds.*\)/\1/p' <<<"$text")" "$pairs_s s"
  row retest "suspects with good partners" "$pairs_s s at most"
  row load "all-rails:$load_rounds, bisection: all hosts at once" "$load_s s"
  row collectives "all-reduce, all-to-all at $(host_counts "$count" | paste -sd' ') hosts$([ "${ranks:-1}" -lt 2 ] || echo ", each rail")" "$collectives_s s"
  row soak "both, and pairs with other partners, until the time is over" ""
  echo
  echo "coverage of the pairs"
  if [ "$count" -lt 2 ]; then echo "  none: one host alone has no network"
  elif [ -n "$plan" ]; then sed -n '/^  class/,/^$/p' <<<"$text"; else sed -n '/^  class/p; /^  host  /p' <<<"$text"; fi
  sed -n 's/^about .*assumed.*/  times assume 100 Gb\/s: no plan tells the rates/p' <<<"$text"
}
