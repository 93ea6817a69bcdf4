# catalogue.sh: what the scripts of experiments/ know of the studies, from the table `studies`. To be read (".") in the
# root of the repository.
# shellcheck shell=sh

# The rows of the table.
studies() {
    sed '/^#/d' experiments/studies
}

# about NAME COLUMN: what the table says of a study: its weights, the minutes of a quick or of a full run, its title.
about() {
    studies | while read -r study weights quick_minutes full_minutes title; do
        [ "$study" != "$1" ] || case $2 in
        weights) echo "$weights" ;;
        quick) echo "$quick_minutes" ;;
        full) echo "$full_minutes" ;;
        title) echo "$title" ;;
        esac
    done
}

# The shipped models by what they do.
emotion_model=infer/models/face.safetensors
zoo_models="$emotion_model infer/models/mini.safetensors infer/models/vgg.safetensors"
eye_models='infer/models/detector.safetensors infer/models/landmarks.safetensors'
music_models='compose/models/music.safetensors compose/models/lead.safetensors'

# weights NAME [FACE_MODEL [MUSIC_MODEL]]: a checksum of the weights that a study measures, the shipped ones where none
# are named; "none" for a study of something else.
weights() {
    case $(about "$1" weights) in
    face) files=${2:-$emotion_model} ;;
    zoo) files=${2:-$zoo_models} ;;
    eyes) files=$eye_models ;;
    sight) files="${2:-$emotion_model} $eye_models" ;;
    music) files=${3:-$music_models} ;;
    mood) files=compose/models/mood.safetensors ;;
    *) files= ;;
    esac
    # shellcheck disable=SC2046 # several models stand separated by commas them
    set -- $(echo "$files" | tr ',' ' ')
    if [ -f "${1:-}" ]; then
        cat "$@" | sha256sum | cut -c1-12
    else
        echo none
    fi
}
