# What is kept of one network's scores.
def scores: {accuracy, accuracy_ci95, accuracy_deduplicated, n, n_deduplicated, macro_f1, ece};
{
  name: $name,
  arch: $about[0].network.arch,
  size: $about[0].network.size,
  parameters: $about[0].network.parameters,
  multiply_adds: $about[0].network.multiply_adds,
  seed: $about[0].metadata["training.seed"],
  epochs: (($about[0].metadata["training.settings"] // "{}") | fromjson.epochs),
  training_seconds: (($about[0].metadata["training.seconds"] // null) | if . then tonumber else null end),
  speed: $speed[0],
  public: ($public[0] | scores),
  private: {one: ($one[0] | scores), flip: ($flip[0] | scores), ten: ($ten[0] | scores)}
}
