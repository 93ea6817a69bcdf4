# style.gp: how every figure looks; loaded before a study's own script, which plots into `figure`.
set terminal pngcairo noenhanced size 1100,620 font "sans-serif,15" background "#ffffff"
set output figure
set encoding utf8
set datafile separator "\t"
set border 3 linecolor "#666666"
set tics nomirror textcolor "#333333"
set grid linecolor "#dddddd" linewidth 1
set key outside right top reverse Left
# Okabe and Ito's colours ("Color universal design", 2008), which all eyes tell apart.
set style line 1 linecolor "#0072b2" linewidth 2.5 pointtype 7 pointsize 1.6
set style line 2 linecolor "#d55e00" linewidth 2.5 pointtype 5 pointsize 1.5
set style line 3 linecolor "#009e73" linewidth 2.5 pointtype 9 pointsize 1.8
set style line 4 linecolor "#cc79a7" linewidth 2.5 pointtype 13 pointsize 1.9
set style line 5 linecolor "#e69f00" linewidth 2.5 pointtype 11 pointsize 1.8
set style line 6 linecolor "#56b4e9" linewidth 2.5 pointtype 15 pointsize 1.8
set style line 7 linecolor "#000000" linewidth 2.5 pointtype 3 pointsize 1.8
set style increment userstyles
set style fill solid 0.9 noborder
