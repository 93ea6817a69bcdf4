# PublicTest after each epoch, one line for every run of runs.csv (one row: name, then the epochs).
set title "FER2013: accuracy on PublicTest while training"
set xlabel "epoch"
set ylabel "accuracy on PublicTest (%)"
set yrange [20:*]
set key bottom right inside
curves = folder . "/curves.tsv"
runs = int(system("wc -l < '" . curves . "'"))
name(i) = system(sprintf("sed -n '%dp' '%s' | cut -f1", i, curves))
curve(i) = sprintf("< sed -n '%dp' '%s' | cut -f2 | tr ' ' '\\n'", i, curves)
plot for [i = 1:runs] curve(i) using ($0 + 1):1 with lines linestyle (i - 1) % 7 + 1 title name(i)
