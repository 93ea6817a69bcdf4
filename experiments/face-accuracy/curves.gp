# PublicTest after each epoch, one line for every run of runs.csv (one row: its name or nothing, then the epochs).
set title "FER2013: accuracy on PublicTest while training (grey: further runs)"
set xlabel "epoch"
set ylabel "accuracy on PublicTest (%)"
set yrange [60:72]
set key bottom right inside
set style line 8 linecolor "#cccccc" linewidth 1
curves = folder . "/curves.tsv"
runs = int(system("wc -l < '" . curves . "'"))
unnamed = int(system("grep -c '^\t' '" . curves . "'"))
name(i) = system(sprintf("sed -n '%dp' '%s' | cut -f1", i, curves))
curve(i) = sprintf("< sed -n '%dp' '%s' | cut -f2 | tr ' ' '\\n'", i, curves)
plot for [i = 1:runs] curve(i) using ($0 + 1):1 with lines linestyle (i > unnamed ? i - unnamed : 8) title name(i)
