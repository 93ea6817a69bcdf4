# Above, how often the emotion is heard; below, on the same guidance, how like real music the clips are.
guidance = folder . "/guidance.tsv"
set multiplot layout 2,1 title "Guidance: how well the emotion is heard, and how like real music it stays"
set lmargin 12
set rmargin 20
set autoscale xfix
set offsets 0.1, 0.1, 0, 0
set xtics 0.5
set ylabel "heard as asked (%)"
set yrange [0:105]
set ytics 25
plot guidance using 1:2 with linespoints linestyle 1 title "quadrant", \
     guidance using 1:3 with linespoints linestyle 2 title "arousal", \
     guidance using 1:4 with linespoints linestyle 3 title "valence"
set xlabel "guidance"
set ylabel "overlap area"
set yrange [0.7:1]
set ytics 0.1
plot guidance using 1:5 with linespoints linestyle 4 title "likeness"
unset multiplot
