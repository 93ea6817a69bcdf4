include "markdown";

.numbers | [
  table(["\(.faces) faces of PrivateTest", "accuracy"]; [
    ["whole", (.covered.nothing | percent(1)) + " %"],
    ["without the quarter that is attended least", (.covered.unattended | percent(1)) + " %"],
    ["without the quarter that is attended most", (.covered.attended | percent(1)) + " %"],
    ["without the quarter that is attended most on another face", (.covered.others | percent(1)) + " %"]]),
  table(["rightly called", "faces", "upper third (brows)", "middle third (eyes, nose)", "lower third (mouth)"];
    .classes | map([.name, (.faces | tostring)]
      + ([.brows, .eyes, .mouth] | map(if . == null then "–" else (100 * . | fixed(0)) + " %" end)))),
  captioned("Attention of the last stage for the emotion that was called: dark orange to yellow"; "attention.png")
] | paragraphs
