# Accuracy on PrivateTest against the number of parameters.
set title "FER2013: accuracy on PrivateTest against size"
set xlabel "parameters (millions, logarithmic)"
set ylabel "accuracy on PrivateTest (%)"
set logscale x
set xrange [0.03:400]
set yrange [58:78]
set key top left inside
networks = folder . "/networks.tsv"
published = folder . "/published.tsv"
set object 1 rectangle from graph 0, first 60 to graph 1, first 70 fillcolor "#f0f0f0" fillstyle solid noborder behind
set label 1 "people: 65 ± 5 % (quoted)" at graph 0.98, first 61 right textcolor "#666666"
placed(where) = stringcolumn(4) eq where ? column(3) : NaN
plot published using 2:3 with points linestyle 7 linecolor "#999999" title "published, each under its own protocol (quoted)", \
     published using 2:(placed("above")):1 with labels font ",12" textcolor "#666666" offset 0, 0.9 notitle, \
     published using 2:(placed("below")):1 with labels font ",12" textcolor "#666666" offset 0, -1.2 notitle, \
     published using 2:(placed("left")):1 with labels right font ",12" textcolor "#666666" offset -1.2, 0 notitle, \
     published using 2:(placed("right")):1 with labels left font ",12" textcolor "#666666" offset 1.2, 0 notitle, \
     networks using 2:3 with points linestyle 1 title "Affekt, one view", \
     networks using 2:4 with points linestyle 2 title "Affekt, ten crops", \
     networks using 2:5:1 with labels center offset 0, -1.2 notitle
