set title "Guidance: how well the emotion is heard, and how like real music it stays"
set xlabel "guidance"
set ylabel "share of clips; overlap area"
set yrange [0:1]
guidance = folder . "/guidance.tsv"
plot guidance using 1:2 with linespoints linestyle 1 title "quadrant", \
     guidance using 1:3 with linespoints linestyle 2 title "arousal", \
     guidance using 1:4 with linespoints linestyle 3 title "valence", \
     guidance using 1:5 with linespoints linestyle 7 dashtype 2 title "overlap area"
