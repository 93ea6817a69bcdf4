# What is kept of one network's scores.
def scores: {accuracy, accuracy_ci95, accuracy_deduplicated, n, n_deduplicated, macro_f1, ece};
# The settings that make a recipe: runs that share them differ by their seed alone.
def recipe: del(.seed, .data, .out, .preview, .json, .resume, .threads, .quiet, .keep, ."skip-bad", ."overfit-batch",
    .overwrite, .cache, ."list-bad", .timeout);

# How many answer together; what only one has is null for several.
($about | length) as $members
| (if $members == 1 then $about[0].metadata else {} end) as $metadata
| {
  name: $name,
  members: $members,
  arch: (if $members == 1 then $about[0].network.arch else $about | map(.network.arch) | join(" + ") end),
  size: $about[0].network.size,
  parameters: ($about | map(.network.parameters) | add),
  multiply_adds: ($about | map(.network.multiply_adds) | add),
  seed: $metadata["training.seed"],
  recipe: (($metadata["training.settings"] // "{}") | fromjson | recipe),
  epoch: ($metadata["training.epoch"] // null | if . then tonumber else null end),
  training_seconds: ($metadata["training.seconds"] // null | if . then tonumber else null end),
  speed: $speed[0],
  public: ($public[0] | scores),
  private: {one: ($one[0] | scores), flip: ($flip[0] | scores), ten: ($ten[0] | if . then scores else null end)}
}
