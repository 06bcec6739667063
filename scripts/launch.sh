# shellcheck shell=bash
# How a program is started on many hosts: by mpirun with a hosts file, by srun in an allocation, or on this machine
# alone. Sourced, over measurements.sh, by accept, nightly and triage, which set `here` to this folder.
#
# Host names are checked against a pattern before anything is done with them, and what goes through a remote shell is
# quoted; nothing is evaluated. `launcher` is mpirun, srun or local; `agent` starts a command on a host as ssh does
# (PLUMB_AGENT), and is what mpirun uses, too; `fanout` hosts are asked at once (PLUMB_FANOUT).

launcher=${PLUMB_LAUNCHER:-}
fanout=${PLUMB_FANOUT:-64}
read -ra agent <<<"${PLUMB_AGENT:-ssh -o BatchMode=yes -o ConnectTimeout=10}"
job=  # what runs now: ended with this script

die() { printf '%s: %s\n' "$(basename "$0")" "$1" >&2; exit "${2:-2}"; }

# By globs: regular expressions with a bounded repetition take milliseconds a name.
is_host() { [[ ${#1} -le 253 && $1 == [A-Za-z0-9]* && $1 == *[A-Za-z0-9] && $1 != *[!A-Za-z0-9._-]* ]]; }

# read_hosts FILE: a name a line, as mpirun's hosts file has it; what follows a name, and comments, are left out.
read_hosts() {
  local line name number=0
  while read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    read -r name _ <<<"${line%%#*}"
    [ -n "$name" ] || continue
    is_host "$name" || die "$1:$number: $(printf %q "$name") is no host name: letters, digits, '.', '_' and '-'" 4
    printf '%s\n' "$name"
  done <"$1" | awk '!seen[$0]++'
}

# list_hosts A,B,C: the same from a list.
list_hosts() { read_hosts <(tr ',' '\n' <<<"$1"); }

# slurm_hosts LIST: n[01-32] as names.
slurm_hosts() {
  [ -n "$1" ] || die "Slurm tells no nodes" 4
  read_hosts <(scontrol show hostnames "$1")
}

# What starts jobs here, when nobody said so: srun in an allocation, mpirun with a hosts file, else this machine alone.
choose_launcher() {  # HOSTS_FILE, or nothing
  [ -n "$launcher" ] || if [ -n "${SLURM_JOB_ID:-}" ]; then launcher=srun; elif [ -n "${1:-}" ]; then launcher=mpirun; else launcher=local; fi
  case $launcher in
    mpirun | local) command -v mpirun >/dev/null || die "mpirun is not installed; scripts/setup installs it" 4 ;;
    srun) [ -n "${SLURM_JOB_ID:-}" ] || die "srun needs an allocation: run this by sbatch or in salloc (scripts/slurm)" ;;
    *) die "launcher $launcher: mpirun, srun or local" ;;
  esac
  if [ "$(id -u)" -eq 0 ]; then  # containers often run as root, which Open MPI wants confirmed
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
  export OMPI_MCA_plm_rsh_agent="${agent[*]}"
}

# wait_for COMMAND…: runs it so that a signal to this script ends it at once.
wait_for() {
  local code=0
  "$@" </dev/null &
  job=$!
  wait "$job" || code=$?
  job=
  return "$code"
}

end_job() { [ -z "$job" ] || { kill -TERM "$job" && wait "$job"; } 2>/dev/null || true; }

# Words as any remote shell takes them, not only bash: printf %q writes $'…' where there are line ends.
quoted() {
  local word
  for word; do printf "'%s' " "${word//\'/\'\\\'\'}"; done
}

# on_host SECONDS HOST COMMAND…: once, there; 124 when it took too long.
on_host() {
  local limit=(timeout -k 5 "$1") host=$2
  shift 2
  case $launcher in
    local) "${limit[@]}" "$@" ;;
    mpirun) "${limit[@]}" "${agent[@]}" "$host" "$(quoted "$@")" ;;
    srun) "${limit[@]}" srun --nodes=1 --ntasks=1 --nodelist="$host" --overlap --mpi=pmix "$@" ;;
  esac </dev/null
}

# on_each HOSTS_FILE SECONDS DIR COMMAND…: once on every host; DIR/HOST.out, .err and .code tell what came of it.
on_each() {
  local hosts=$1 seconds=$2 dir=$3 host running=0
  shift 3
  mkdir -p "$dir"
  while read -r host; do
    if [ "$running" -lt "$fanout" ]; then running=$((running + 1)); else wait -n || true; fi
    { code=0; on_host "$seconds" "$host" "$@" >"$dir/$host.out" 2>"$dir/$host.err" || code=$?; echo "$code" >"$dir/$host.code"; } &
  done <"$hosts"
  wait
}

# all_lines DIR PATTERN: the lines of all files there, which may be more than a command line holds: one a host.
all_lines() { find "$1" -maxdepth 1 -name "$2" -exec cat {} + 2>/dev/null; }
# any_line DIR PATTERN EXPRESSION: whether one of them is such.
any_line() { all_lines "$1" "$2" | grep -E "$3" >/dev/null; }

# as_ranks HOSTS_FILE RANKS_A_HOST SECONDS PROGRAM…: an MPI job. NCCL_* and UCX_* are given to all ranks.
as_ranks() {
  local hosts=$1 ranks=$2 command
  command=(timeout --foreground -k 10 "$3")
  shift 3
  case $launcher in
    local) command+=(mpirun -np "$ranks" --oversubscribe --mca mpi_yield_when_idle 1 "$@") ;;
    mpirun)
      awk -v slots="$ranks" '{ print $1 " slots=" slots }' "$hosts" >"$hosts.mpirun"
      local name
      command+=(mpirun --hostfile "$hosts.mpirun" --map-by "ppr:$ranks:node" --bind-to none)
      for name in $(compgen -e | grep -E '^(NCCL|UCX)_[A-Z0-9_]+$'); do command+=(-x "$name"); done
      command+=("$@") ;;
    srun)
      local count
      count=$(wc -l <"$hosts")
      command+=(srun --nodes="$count" --ntasks=$((count * ranks)) --ntasks-per-node="$ranks" --nodelist="$(readlink -f "$hosts")"
        --overlap --kill-on-bad-exit=1 --mpi=pmix "$@") ;;
  esac
  wait_for "${command[@]}"
}
