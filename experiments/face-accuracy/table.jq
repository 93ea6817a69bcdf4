include "markdown";
include "groups";

def costs: table(["network", "parameters", "multiply-adds", "seeds", "kept epoch", "time to it", "one face, one core", "faces/s, one core"];
    groups | map([title, (.[0].parameters | count), (.[0].multiply_adds | count), (length | tostring),
      (map(.epoch | values) | unique | if . == [] then "–" else map("\(.)") | join(", ") end)
        + (.[0].recipe.epochs | if . then " of \(.)" else "" end),
      (map(.training_seconds | values) | mean | duration), (map(.speed.milliseconds) | mean | fixed(2)) + " ms",
      (map(.speed.faces_per_second) | mean | fixed(0))]));

def accuracies: table(["accuracy, %", "PublicTest", "PrivateTest", "+ mirrored", "ten crops", "deduplicated", "+ mirrored", "ten crops",
      "macro F1", "calibration error"];
    groups | map(. as $runs
      | [title, (map(.public.accuracy) | percent_spread)]
      + (["accuracy", "accuracy_deduplicated"]
         | map(. as $which | ["one", "flip", "ten"][] as $views | $runs | map(.private[$views][$which] | values) | percent_spread))
      + [(map(.private.one.macro_f1) | mean | fixed(3)), (map(.private.one.ece) | mean | fixed(3))]));

def by_votes: if .settings | test("votes=") then " (of the voters)" else "" end;

# A row for each run, and one for the mean of runs that differ by their seed alone.
def runs: if length == 0 then null else
  table(["recorded run", "network", "seed", "settings that differ from `train face`", "kept epoch", "PublicTest, %", "time", "remark"];
    group_by([.network, .settings])
    | map(map([.run, .network, .seed, "`\(.settings)`", "\(.best_epoch) of \(.epochs)", (.public | percent(1)) + by_votes,
          (60 * .minutes | duration), .remark])
        + if length == 1 then [] else
            [["**mean of \(length)**", .[0].network, "–", "`\(.[0].settings)`", "–", (map(.public) | percent_spread),
              (60 * (map(.minutes) | mean) | duration), ""]]
          end)
    | add) end;

def published:
  table(["published (quoted)", "accuracy, %", "parameters", "protocol", "source"];
    map([.system, .accuracy, .parameters // "–", .protocol, .source + " [" + .mark + "]"]));

.numbers | [
  "Data: `\(.data)`. Mean ± standard deviation where there are several seeds. Epoch and settings were chosen on PublicTest;"
    + " deduplicated: the faces of PrivateTest whose pixels occur in no other split.",
  (.networks | costs),
  (.networks | accuracies),
  figure("Accuracy against size"; "accuracy.png"),
  (.published | published),
  if $brief then null else .runs | runs end,
  figure("PublicTest while training, every recorded run by its labels"; "curves.png")
] | paragraphs
