# precision.awk LABELS ESTIMATES: both CSVs with a header and the columns file, valence, arousal in front (of ESTIMATES the
# file is a whole path). Prints a JSON array: for each quadrant, how many of the 20 songs whose estimates are nearest to
# its corner bear its label, and how many of all songs do.
BEGIN {
    FS = ","
    split("1 -1 -1 1", valence_of, " ")
    split("1 1 -1 -1", arousal_of, " ")
}

FNR == 1 { next }

NR == FNR {
    label[$1] = quadrant($2, $3)
    next
}

{
    file = $1
    sub(/.*\/labelled\//, "labelled/", file)
    if (!(file in label))
        next
    count++
    share[label[file]]++
    name[count] = file
    valence[count] = $2
    arousal[count] = $3
}

function quadrant(v, a) {
    return v >= 0 ? (a >= 0 ? 1 : 4) : (a >= 0 ? 2 : 3)
}

function distance(song, q) {
    return (valence[song] - valence_of[q]) ^ 2 + (arousal[song] - arousal_of[q]) ^ 2
}

END {
    printf "["
    for (q = 1; q <= 4; q++) {
        hits = 0
        split("", used)
        for (n = 0; n < 20 && n < count; n++) {
            best = 0
            for (song = 1; song <= count; song++)
                if (!(song in used) && (!best || distance(song, q) < distance(best, q)))
                    best = song
            used[best] = 1
            hits += label[name[best]] == q
        }
        printf "%s{\"quadrant\": %d, \"hits\": %d, \"share\": %d, \"songs\": %d}", (q > 1 ? ", " : ""), q, hits, share[q], count
    }
    print "]"
}
