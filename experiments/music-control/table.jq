include "markdown";

def shares: if . == null then ["–", "–", "–", "–"]
  else .n as $n | [($n | tostring)] + ([.four_quadrant, .arousal, .valence] | map(share_of($n))) end;

.numbers | .main as $main | .arranged as $arranged | [
  "Shares of clips, with their 95 % intervals. A judge hears the quadrant of valence and arousal that a clip was written for.",
  table(["judged", "clips", "four quadrants", "arousal", "valence"]; [
    ["performed, by a judge of unseen songs"] + ($main.control | shares),
    ["performed, by a judge of another corpus (VGMIDI)"] + ($main.control_cross | shares),
    ($arranged | select(.) | ["arranged, by a judge of unseen songs"] + (.control | shares)),
    ($arranged | select(.) | ["arranged, by a judge of another corpus (VGMIDI)"] + (.control_cross | shares)),
    ["real clips of EMOPIA, official split"] + ($main.judge | shares),
    ["real clips of EMOPIA, five song-disjoint folds"] + ($main.judge_folds | shares),
    ["chance", "–", "25.0 %", "50.0 %", "50.0 %"]]),
  table(["asked for", "clips", "four quadrants", "arousal", "valence"];
    [["Q1", "Q1: pleasant, excited"], ["Q2", "Q2: unpleasant, excited"], ["Q3", "Q3: unpleasant, calm"],
      ["Q4", "Q4: pleasant, calm"]] | map(. as $q | [.[1] + ", performed"] + ($main.control_by_quadrant[.[0]] | shares),
      ($arranged | select(.) | [$q[1] + ", arranged"] + (.control_by_quadrant[$q[0]] | shares)))),
  table(["guidance", "clips", "four quadrants", "arousal", "valence", "overlap with real music"];
    .guidance | map([(.guidance | tostring)] + (.control | shares) + [.overlap_area.mean | fixed(3)])),
  figure("Control and likeness against guidance"; "guidance.png"),
  captioned("A piece for happy. Time to the right, pitch upwards; the louder a note, the redder."; "happy.png"),
  captioned("A piece for angry"; "angry.png"),
  captioned("A piece for sad"; "sad.png"),
  captioned("A piece for neutral"; "neutral.png")
] | paragraphs
