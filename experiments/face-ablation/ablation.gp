# Bars from the recipe's accuracy to that of each variant.
set title "What each change to the recipe brings"
set xlabel "difference on PublicTest (points)"
set yrange [-0.7:*]
set offsets 0, 0, 0.6, 0
set lmargin 26
set arrow 1 from 0, graph 0 to 0, graph 1 nohead linecolor "#666666"
unset key
plot folder . "/ablation.tsv" using (0):0:(0):2:($0 - 0.3):($0 + 0.3):yticlabels(1) with boxxyerror linestyle 1
