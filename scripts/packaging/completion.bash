# bash completion of Plumbline's programs and scripts: each is asked for its own --help, so that what is offered is what
# it takes. Options, the choices of an option ("TEXT:{mpi,ucx}"), subcommands; files and directories otherwise.
_plumbline_help() {
  # Only a plain word before the cursor is given to the program, and only as the name of a subcommand.
  if [[ ${2:-} =~ ^[a-z][a-z-]*$ ]]; then "$1" "$2" --help 2>/dev/null; else "$1" --help 2>/dev/null; fi </dev/null
}
_plumbline() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} first=${COMP_WORDS[1]} help choices
  [ "$COMP_CWORD" -gt 1 ] || first=
  help=$(_plumbline_help "$1" "$first")
  [ -n "$help" ] || help=$(_plumbline_help "$1")
  if [[ $previous == -* ]]; then
    choices=$(sed -nE "s/^ *([^ ]*,)?$previous(,[^ ]*)? [A-Z]+:\{([^}]*)\}.*/\3/p" <<<"$help" | head -1)
    if [ -n "$choices" ]; then
      mapfile -t COMPREPLY < <(compgen -W "${choices//,/ }" -- "$current")
      return
    fi
  fi
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(grep -oE -- '(^|[ ,|])--?[a-z][a-z0-9-]*' <<<"$help" | grep -oE -- '-.*')" -- "$current" | sort -u)
  elif [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' <<<"$help")" -- "$current")
  fi
}
# With no match: names of files and directories.
complete -o default -F _plumbline $(compgen -c plumb- | grep -E '^plumb-[a-z-]+$')
