include "markdown";

def quadrants: ["Q1", "Q2", "Q3", "Q4", "all"];

def name: gsub("_"; " ");
def unit: {
  pitch_range: "semitones", mean_pitch: "MIDI pitch", interval: "semitones", note_density: "notes/s",
  onset_interval: "s", note_length: "s", velocity: "1 … 127", velocity_spread: "1 … 127", polyphony: "notes at once",
  pitch_class_entropy: "bits", scale_consistency: "share", groove_consistency: "share", empty_beats: "share",
  tempo: "1/min", major: "share"}[.] // "count";

# A column for the arranged clips where they were measured.
def column(value): if .arranged then [value] else [] end;
def overlaps: .overlap_area as $area | .arranged.overlap_area as $arranged
  | table(["feature", "performed"] + column("arranged");
      (. as $all | $area | del(.mean, .real_mean) | to_entries
        | map(.key as $key | [($key | name), (.value | fixed(3))] + ($all | column($arranged[$key] | fixed(3)))))
      + [["**mean**", ($area.mean | fixed(3))] + column($arranged.mean | fixed(3)),
        ["mean of real music with other real music", ($area.real_mean | fixed(3))] + column("–")]);

# Generated and real side by side, without what only one of them has (music off the beat has no tempo).
def measures: .measures as $measures
  | ($measures.generated.all | keys_unsorted | map(select($measures.generated.all[.] and $measures.real.all[.]))) as $names
  | table(["mean of the clips: generated / real", "unit"] + quadrants;
      $names | map(. as $name | [name, unit]
        + (quadrants | map(. as $q | [$measures.generated[$q][$name], $measures.real[$q][$name]] | map(fixed(2)) | join(" / ")))));

def likelihoods: if .nll_per_token == null then null else
  table(["held-out music", "tokens", "nats per token", "nats per note"];
    ((.corpora | to_entries | map(select(.value.tokens >= 1000))) + [{key: "all", value: {tokens: ([.corpora[].tokens] | add), nll_per_token, nll_per_note}}])
    | map([.key, (.value.tokens | count), (.value.nll_per_token | fixed(3)), (.value.nll_per_note | fixed(3))])) end;

.numbers | [
  "\(4 * .clips) generated clips of each style against held-out real ones. Longest run of tokens shared with the training pieces:"
    + " \(.longest_copy)" + (if .arranged then " performed, \(.arranged.longest_copy) arranged" else "" end) + "; real held-out clips share \(.longest_copy_real).",
  overlaps, figure("Overlap of features"; "overlap.png"),
  (if $brief then empty else
    "Quadrants: Q1 pleasant and excited, Q2 unpleasant and excited, Q3 unpleasant and calm, Q4 pleasant and calm. Performed:",
    measures, (.arranged | select(.) | "Arranged:", measures)
   end),
  likelihoods
] | paragraphs
