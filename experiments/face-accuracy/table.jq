include "markdown";

def group: group_by([.arch, .size, (.name | test("^face$"))]) | sort_by(.[0].parameters);
def title: .[0] as $first | $first.arch + (if $first.size == 48 then "" else " at \($first.size) px" end)
  + (if $first.name == "face" then " (shipped)" else "" end);

def costs:
  table(["network", "parameters", "multiply-adds", "seeds", "epochs", "training", "one face", "faces/s, batch 64"];
    group | map([title, (.[0].parameters | count), (.[0].multiply_adds | count), length, (.[0].epochs // "–"),
      (map(.training_seconds | values) | mean | duration), (map(.speed.milliseconds) | mean | fixed(2)) + " ms",
      (map(.speed.faces_per_second) | mean | fixed(0))] | map(tostring)));

def accuracies:
  table(["network", "PublicTest", "PrivateTest", "+ mirrored", "ten crops", "deduplicated", "+ mirrored", "ten crops",
      "macro F1", "ECE"];
    group | map(. as $runs
      | [title, (map(.public.accuracy) | percent_spread)]
      + (["accuracy", "accuracy_deduplicated"]
         | map(. as $which | ["one", "flip", "ten"][] as $views | $runs | map(.private[$views][$which]) | percent_spread))
      + [(map(.private.one.macro_f1) | mean | fixed(3)), (map(.private.one.ece) | mean | fixed(3))]));

def published:
  table(["published (quoted)", "accuracy", "parameters", "protocol", "source"];
    map([.system, .accuracy, .parameters // "–", .protocol, .source + " [" + .mark + "]"]));

.numbers | [
  "Data: `\(.data)`. Accuracy in %, mean ± standard deviation over the seeds.",
  (.networks | costs),
  (.networks | accuracies),
  figure("Accuracy against size"; "accuracy.png"),
  figure("PublicTest while training, every recorded run"; "curves.png"),
  (.published | published)
] | paragraphs
