#compdef affekt
# zsh completion for affekt. Verbs, options and choices are asked of the program itself (`affekt … --help=words`).
local program=$words[1] verb name argument choices help
local -a verbs described options
while IFS=$'\t' read -r name help; do
    verbs+=($name)
    described+=("${name%% *}:${name#* }")
done < <($program --help=words 2>/dev/null)
for name in $verbs; do
    local -a parts=(${=name})
    [[ ${words[2,1+$#parts]} == $name && $CURRENT -gt 1+$#parts ]] && verb=$name
done
if [[ -z $verb ]]; then
    if (( CURRENT == 2 )); then
        compadd -- ${(u)verbs%% *}
    else
        compadd -- ${${(M)verbs:#$words[2] *}#* }
    fi
    return
fi
while IFS=$'\t' read -r name argument choices help; do
    help=${help//[\[\]:]/ }
    if [[ $argument == - ]]; then
        options+=("${name}[$help]")
    elif [[ $choices != - ]]; then
        options+=("${name}=[$help]:$argument:(${choices//,/ })")
    else
        options+=("${name}=[$help]:$argument:_files")
    fi
done < <($program ${=verb} --help=words 2>/dev/null)
local -a spoken=(${=verb})
words=($program ${words[$(( 2 + $#spoken )),-1]})
(( CURRENT -= $#spoken ))
_arguments -s $options '--help[print the options]' '*:file:_files'
