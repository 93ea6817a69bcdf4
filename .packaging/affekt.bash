# bash completion for affekt. Verbs, options and choices are asked of the program itself (`affekt … --help=words`).
_affekt() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb='' verbs options line
    local IFS=$'\n'
    verbs=$("${COMP_WORDS[0]}" --help=words 2>/dev/null | cut -f1)
    for line in $verbs; do
        case "${COMP_WORDS[*]:1:COMP_CWORD-1} " in "${line/ /$'\n'}"[$'\n\ ']*) verb=$line ;; esac
    done
    COMPREPLY=()
    if [ -z "$verb" ]; then
        # The first word of a verb, or the second after it.
        if [ "$COMP_CWORD" -eq 1 ]; then
            mapfile -t COMPREPLY < <(compgen -W "$(cut -d' ' -f1 <<<"$verbs" | sort -u)" -- "$word")
        elif [ "$COMP_CWORD" -eq 2 ]; then
            mapfile -t COMPREPLY < <(compgen -W "$(sed -n "s/^${COMP_WORDS[1]} //p" <<<"$verbs")" -- "$word")
        fi
        return
    fi
    IFS=' ' read -ra line <<<"$verb"
    options=$("${COMP_WORDS[0]}" "${line[@]}" --help=words 2>/dev/null)
    case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$(cut -f1 <<<"$options")"$'\n--help' -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$(awk -F'\t' -v name="$previous" '$1 == name && $3 != "-" { gsub(",", "\n", $3); print $3 }' \
        <<<"$options")" -- "$word") ;;
    esac
} &&
    complete -o default -o bashdefault -F _affekt affekt
