set title "Training vgg: where the time of a step goes"
set xlabel "milliseconds of a step (batch of 64)"
set yrange [-0.7:*]
set offsets 0, 0, 0.6, 0
set lmargin 18
set key bottom right inside
operators = folder . "/operators.tsv"
plot operators using (0):0:(0):2:($0 - 0.3):($0 + 0.3):yticlabels(1) with boxxyerror linestyle 1 title "forward", \
     operators using ($2):0:($2):($2 + $3):($0 - 0.3):($0 + 0.3) with boxxyerror linestyle 2 title "backward"
