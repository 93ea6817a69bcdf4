set title "Faces by their nearest neighbours in Training"
set xlabel "k, number of neighbours that vote"
set ylabel "accuracy on PublicTest (%)"
set xrange [0:32]
set ytics 1
plot folder . "/neighbours.tsv" using 1:2 with linespoints linestyle 1 notitle
