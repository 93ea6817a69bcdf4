# study.sh: what the studies' scripts share; each `measure` and `draw` begins with `. experiments/study.sh`.
#
# experiments/run starts them in the root of the repository with
#   AFFEKT   the program              TOOLS   where the studies' own programs are built
#   DATA     the data directory       RESULTS where all studies of this mode leave what they made
#   SHARED   what the studies of the same weights share
#   OUT      the study's own folder   MODEL   the face model to measure, or empty
#   QUICK    1 in quick mode, or empty  MUSIC   the music model, or empty
#   SEEDS    how many seeds a full run trains with
#   THREADS  threads to use, 0 for one on each processor
#
# `measure` prints its numbers as one JSON object on standard output, and leaves pictures in $OUT.
# `draw` makes figures of $OUT/result.json.
# shellcheck shell=sh
set -eu
export LC_ALL=C.UTF-8 # awk and printf write numbers with points
. experiments/catalogue.sh

# Exit status of a study that lacks what it needs; experiments/run knows it too.
SKIPPED=75

say() {
    echo "  $*" >&2
}

# Ends the study: "skip REASON".
skip() {
    echo "$*" >"$OUT/skipped"
    exit "$SKIPPED"
}

# affekt VERB…: the program on the study's threads; its progress is seen where there is a terminal.
affekt() {
    if [ -t 2 ]; then
        "$AFFEKT" "$@" --threads "$THREADS"
    else
        "$AFFEKT" "$@" --threads "$THREADS" --quiet
    fi
}

# keep FILE COMMAND…: what the command prints goes into the file, unless an earlier run put it there.
# So a study that was stopped goes on where it was.
keep() {
    kept=$1
    shift
    [ -s "$kept" ] && return
    mkdir -p "$(dirname "$kept")"
    "$@" >"$kept.part"
    if ! [ -s "$kept.part" ]; then
        say "printed nothing: $*"
        exit 1
    fi
    mv "$kept.part" "$kept"
}

# The labelled faces: FER2013 in the data directory, or in quick mode the built-in ones.
face_data() {
    labelled=$(labelled_faces "$DATA")
    [ -n "$labelled$QUICK" ] || skip "FER2013 is not in $DATA (--data names the data directory)"
    echo "${labelled:-synthetic}"
}

# face_model DATA: the model to measure. The one that was asked for; for real faces the shipped one;
# else a small one that is trained on the spot.
face_model() {
    shipped=infer/models/face.safetensors
    if [ -n "$MODEL" ]; then
        echo "$MODEL"
    elif [ -f $shipped ] && [ "$1" != synthetic ]; then
        echo $shipped
    else
        quick_face_model "$1"
    fi
}

# Trains it once for the studies of the same weights, with the demo's settings.
quick_face_model() {
    train "$SHARED/mini.safetensors" --data "$1" --arch mini --epochs 3 --lr 0.05 --rotate 5 --erase 0
    echo "$SHARED/mini.safetensors"
}

# train MODEL OPTION…: trains a face network into the file MODEL, and leaves beside it what the program says of it, as
# .json. A finished one is left as it is; one that was stopped, which ends the study, goes on where it was.
train() {
    stem=${1%.safetensors}
    shift
    [ -s "$stem.json" ] && return
    mkdir -p "$(dirname "$stem")"
    begin=--overwrite
    [ ! -f "$stem.checkpoint.safetensors" ] || begin=--resume
    affekt train face --out "$stem.safetensors" "$@" $begin --json >"$stem.json.part"
    mv "$stem.json.part" "$stem.json"
    rm -f "$stem.checkpoint.safetensors"
}

# train_short MODEL OPTION…: the same by the recipe of the short trainings, from FER2013's labels alone.
train_short() {
    short=$1
    shift
    train "$short" --dropout 0.1 --erase 0.25 --label-smoothing 0.05 --average 0.998 --drop-leaks "$@"
}

# The music model to measure: the one that was asked for, or the shipped one.
music_model() {
    shipped=compose/models/music.safetensors
    if [ -n "$MUSIC" ]; then
        echo "$MUSIC"
    elif [ -f $shipped ]; then
        echo $shipped
    else
        skip "there are no shipped music weights, and --music names no model"
    fi
}

# The folder of MIDI corpora.
music_data() {
    [ -d "$DATA/midi" ] || skip "there is no folder midi in $DATA (--data names the data directory)"
    echo "$DATA/midi"
}

# music_evaluation MODEL CORPORA GUIDANCE CLIPS [STYLE]: the file with what `affekt eval music` says of so many clips in
# each quadrant, performed ones unless STYLE is arranged; the studies of music share it. The likelihood of held-out music has nothing to do with the clips: it is
# measured once, beside the hundreds of a full run.
music_evaluation() {
    style=${5:-performed}
    said=$SHARED/guidance-$3-clips-$4.json
    [ "$style" = performed ] || said=$SHARED/$style-clips-$4.json
    likelihood=--no-likelihood
    [ "$4" -lt 100 ] || [ "$style" != performed ] || likelihood=
    # shellcheck disable=SC2086 # nothing, or one option
    keep "$said" affekt eval music --model "$1" --data "$2" --cache "$RESULTS/tokens.cache" --judge emopia \
        --cross vgmidi --guidance "$3" --clips "$4" --seconds "$([ -n "$QUICK" ] && echo 20 || echo 30)" \
        --style "$style" --out "${said%.json}" $likelihood --json
    echo "$said"
}

# tool NAME: the path of a program of the studies' own.
tool() {
    [ -x "$TOOLS/$1" ] || skip "$TOOLS/$1 is not built (make builds it)"
    echo "$TOOLS/$1"
}

# numbers JQ: takes figures for gnuplot out of the study's result as a table of tab-separated columns.
numbers() {
    jq -r ".numbers | $1 | @tsv" "$OUT/result.json"
}

# plot SCRIPT FIGURE: runs a gnuplot script of the study; it finds its data in `folder`.
plot() {
    gnuplot -e "folder = '$OUT'; figure = '$OUT/$2'" experiments/report/style.gp "$1"
}
