# fish completion for affekt. Verbs, options and choices are asked of the program itself (`affekt … --help=words`).
function __affekt_verb --description 'the verb on the command line, if it is whole'
    set -l typed (commandline -opc)[2..]
    for verb in (affekt --help=words 2>/dev/null | cut -f1)
        set -l parts (string split ' ' $verb)
        test "$typed[1..$(count $parts)]" = "$parts"; and echo $verb
    end
end

function __affekt_verbs --description 'the next word of a verb'
    set -l typed (commandline -opc)[2..]
    test (count (__affekt_verb)) -eq 0; or return
    switch (count $typed)
        case 0
            affekt --help=words 2>/dev/null | string replace -r ' .*|\t.*' '' | sort -u
        case 1
            affekt --help=words 2>/dev/null | string replace -rf "^$typed[1] ([^\t]*)" '$1'
    end
end

function __affekt_options --description 'the options of the verb, and the choices of the option before the cursor'
    set -l verb (__affekt_verb)[1]
    test -n "$verb"; or return
    set -l previous (commandline -opc)[-1]
    affekt (string split ' ' $verb) --help=words 2>/dev/null | while read -l -d \t name argument choices help
        if test "$name" = "$previous"
            string split ',' $choices
        else
            printf '%s\t%s\n' $name $help
        end
    end
end

complete -c affekt -f -n 'test (count (__affekt_verb)) -eq 0' -a '(__affekt_verbs)'
complete -c affekt -a '(__affekt_options)'
