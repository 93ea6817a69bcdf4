# A bar for each feature, and a line where real music stands against other real music.
set title "Overlap of the distributions of generated and real held-out clips"
set xlabel "overlap area (1: the same distribution)"
set xrange [0:1]
set yrange [-0.7:*]
set offsets 0, 0, 0.6, 0
set lmargin 26
set bmargin 7
set key outside center bottom
other = real(system("cat '" . folder . "/real.tsv'"))
set arrow 1 from other, graph 0 to other, graph 1 nohead linestyle 2 dashtype 2 front
plot folder . "/overlap.tsv" using (0):0:(0):2:($0 - 0.3):($0 + 0.3):yticlabels(1) with boxxyerror linestyle 1 \
         title "generated with real", \
     NaN with lines linestyle 2 dashtype 2 title sprintf("real with other real music, mean of all features (%.3f)", other)
