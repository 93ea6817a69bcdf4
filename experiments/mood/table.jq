include "markdown";

def row(name; scores): [name, (scores.songs | tostring)]
    + (["valence", "arousal"] | map(. as $axis | scores[$axis]
       | (.r | fixed(2)), (.rmse | fixed(2)), (.sign | percent(0))));
def quadrants: ["pleasant, excited", "unpleasant, excited", "unpleasant, calm", "pleasant, calm"];

.numbers as $n
| [table(["songs", "number", "valence r", "error", "sign %", "arousal r", "error", "sign %"];
     [(select($n.folds.notes != null) | row("notes, five folds"; $n.folds.notes)),
      (select($n.folds.sound != null) | row("sound, five folds"; $n.folds.sound)),
      row("VGMIDI, not seen by the fit"; $n.unseen.notes)]),
   table(["corner of the plane", "of the 20 nearest bear its label", "by chance"];
     $n.nearest | map([quadrants[.quadrant - 1], (.hits | tostring), (20 * .share / .songs | fixed(1))]))] | paragraphs
