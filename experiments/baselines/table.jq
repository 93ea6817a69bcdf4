include "markdown";

def faces: .faces as $faces
  | table(["`\(.data)`, \(.faces.n) faces of PrivateTest", "PublicTest", "PrivateTest"]; [
      ["most frequent class", $faces.majority],
      ["nearest neighbours, k = \($faces.neighbours.k)", $faces.neighbours],
      ($faces.with_leaks | select(.leaks > 0)
       | ["nearest neighbours, k = 1, the \(.leaks) leaked faces left in", {public, private}]),
      ["softmax regression on pixels", $faces.linear]]
      | map([.[0]] + (.[1] | map_values(select(numbers)) | [.public, .private] | map(percent(1) + " %"))));

def judged(name; score): if score == null then empty
  else [name, (score.n | tostring)] + ([score.four_quadrant, score.arousal, score.valence] | map(percent(1) + " %")) end;

def music: .music as $music
  | if $music.judge_folds == null then "*No EMOPIA in the data directory: the judge of music was not measured.*"
    else table(["EMOPIA, real clips", "clips", "four quadrants", "arousal", "valence"]; [
      judged("features by hand, official split"; $music.judge),
      judged("features by hand, five song-disjoint folds"; $music.judge_folds),
      ["quoted: logistic regression on four features [V]", "86", "58.1 %", "84.9 %", "65.1 %"],
      ["quoted: LSTM with attention [V]", "86", "68.4 %", "88.2 %", "83.3 %"]])
      + "\n\nQuoted from Hung et al. 2021, the EMOPIA paper, on the official split of classification_split.csv, whose 86 test clips leave ±10 points." end;

def tokens: if .tokens == null then null else
  table(["held-out music: nats per token, predicted from", "tokens", "its frequency", "the previous token", "the previous two"];
    .tokens | to_entries | map(select(.value.tokens >= 1000 and (.key == "all" or ($brief | not)))
      | [.key, (.value.tokens | count)] + (.value.nats | map(fixed(3))))) end;

.numbers | [faces, figure("Neighbours"; "neighbours.png"), music, tokens] | paragraphs
