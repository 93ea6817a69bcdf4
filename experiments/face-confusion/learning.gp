# Accuracy while training of the best recorded run.
set title "Learning curves of the best recorded run, " . system("cat '" . folder . "/learning.name'")
set xlabel "epoch"
set ylabel "accuracy (%)"
set key bottom right inside
learning = folder . "/learning.tsv"
plot learning using 1:3 with lines linestyle 1 title "PublicTest, faces as they are", \
     learning using 1:2 with lines linestyle 2 title "Training, faces augmented, with dropout"
