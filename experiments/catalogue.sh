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

# The shipped models by what they do, and the other seeds of the zoo that were kept.
emotion_model=infer/models/face.safetensors
voted_model=infer/models/face-voted.safetensors
zoo_models=$emotion_model,infer/models/mini.safetensors,infer/models/vgg.safetensors
seed_models=$(find experiments/face-accuracy/models -name '*.safetensors' | LC_ALL=C sort | paste -sd , -)
four_models=$zoo_models,experiments/face-accuracy/models/resnet-labels-1.safetensors
eye_models=infer/models/detector.safetensors,infer/models/landmarks.safetensors
lead_model=compose/models/lead.safetensors
music_models=compose/models/music.safetensors,$lead_model

# weights NAME [FACE_MODEL [MUSIC_MODEL]]: a checksum of the weights that a study measures, the shipped ones where none
# are named; "none" for a study of something else, and where a file is missing.
weights() (
    case $(about "$1" weights) in
    face) files=${2:-$emotion_model} ;;
    votes) files=${2:-$emotion_model,$voted_model} ;;
    zoo) files=${2:-$zoo_models,$seed_models} ;;
    eyes) files=$eye_models ;;
    sight) files=${2:-$emotion_model},$eye_models ;;
    stage) files=${2:-$emotion_model},$eye_models,${3:-$lead_model} ;;
    music) files=${3:-$music_models} ;;
    mood) files=compose/models/mood.safetensors ;;
    *) files= ;;
    esac
    set -f
    IFS=,
    for file in $files; do
        [ -f "$file" ] || files=
    done
    if [ -n "$files" ]; then
        # shellcheck disable=SC2086 # a word for each
        cat $files | sha256sum | cut -c1-12
    else
        echo none
    fi
)

# labelled_faces DATA: FER2013's file in a data directory; nothing where it is missing.
labelled_faces() {
    for file in "$1/fer2013.csv" "$1/fer2013.csv.gz" "$1/icml_face_data.csv"; do
        if [ -f "$file" ]; then
            echo "$file"
            return
        fi
    done
}
