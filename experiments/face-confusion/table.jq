include "markdown";

# Every pair of different emotions as {truth, called, count, share}, the largest share first.
def confusions:
  . as $all | [range(7) as $truth | range(7) as $called | select($truth != $called)
    | {truth: $all.classes[$truth].name, called: $all.classes[$called].name, count: $all.confusion[$truth][$called],
       share: ($all.confusion[$truth][$called] / ([$all.classes[$truth].support, 1] | max))}]
  | sort_by(-.share);

.numbers | [
  "`\(.model | split("/") | last)` on \(.split) of `\(.data | split("/") | last)`: **\(.accuracy | percent(2)) %** of \(.n) faces"
    + " (95 % interval \(.accuracy_ci95[0] | percent(1)) … \(.accuracy_ci95[1] | percent(1)) %), deduplicated"
    + " \(.accuracy_deduplicated | percent(2)) % of \(.n_deduplicated); macro F1 \(.macro_f1 | fixed(3)), expected calibration"
    + " error \(.ece | fixed(3)).",
  table(["emotion", "precision", "recall", "F1", "faces"];
    .classes | map([.name, (.precision | fixed(3)), (.recall | fixed(3)), (.f1 | fixed(3)), (.support | tostring)])),
  figure("Confusion matrix"; "confusion.png"),
  table(["worst confusions", "called", "faces", "share of the class"];
    confusions[:6] | map([.truth, .called, (.count | tostring), (.share | percent(1)) + " %"])),
  captioned("The six worst confusions, a row each: the faces that the network was surest of"; "confusions.png"),
  figure("Reliability: accuracy against confidence"; "reliability.png"),
  figure("Learning curves"; "learning.png")
] | paragraphs
