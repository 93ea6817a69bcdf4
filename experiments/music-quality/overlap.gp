set title "Overlap of generated and real held-out clips"
set xlabel "overlap area (1: the same distribution)"
set xrange [0:1]
set yrange [-0.7:*]
set offsets 0, 0, 0.6, 0
set lmargin 26
unset key
plot folder . "/overlap.tsv" using (0):0:(0):2:($0 - 0.3):($0 + 0.3):yticlabels(1) with boxxyerror linestyle 1
