# The rows of runs.csv, whose fields hold no commas, as objects.
split("\n") | map(select(. != "") | split(","))
| .[1:] | map({
    run: .[0], network: .[1], seed: .[2], settings: .[3], epochs: (.[4] | tonumber), best_epoch: (.[5] | tonumber),
    public: ((.[6] | tonumber) / 100), minutes: (.[7] | tonumber), remark: .[8],
    curve: (.[10] | split(" ") | map(tonumber))})
