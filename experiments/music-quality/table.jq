include "markdown";

def quadrants: ["Q1", "Q2", "Q3", "Q4", "all"];

def name: gsub("_"; " ");

def overlaps: .overlap_area as $area
  | table(["feature", "overlap area"];
      ($area | del(.mean, .real_mean) | to_entries | map([(.key | name), (.value | fixed(3))]))
      + [["**mean**", ($area.mean | fixed(3))], ["mean of real music with other real music", ($area.real_mean | fixed(3))]]);

def measures: .measures as $measures | ($measures.generated.all | keys_unsorted) as $names
  | table(["measure"] + (quadrants | map("\(.) generated", "\(.) real"));
      $names | map(. as $name | [$name | name]
        + (quadrants | map(. as $q | $measures.generated[$q][$name], $measures.real[$q][$name]) | map(fixed(2)))));

def likelihoods: if .nll_per_token == null then null else
  table(["held-out music", "tokens", "nats a token", "nats a note"];
    ((.corpora | to_entries) + [{key: "all", value: {tokens, nll_per_token, nll_per_note}}])
    | map([.key, (.value.tokens | count), (.value.nll_per_token | fixed(3)), (.value.nll_per_note | fixed(3))])) end;

.numbers | [
  "\(4 * .clips) clips. Longest run of tokens shared with the training pieces: \(.longest_copy); real held-out clips share \(.longest_copy_real).",
  overlaps, figure("Overlap of features"; "overlap.png"), measures, likelihoods
] | paragraphs
