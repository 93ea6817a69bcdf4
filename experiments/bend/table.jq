include "markdown";

.numbers as $n
| [table(["preset", "emotion", "pieces", "nearer %", "valence %", "arousal %"];
     $n.notes | map([.preset, .emotion, (.pieces | tostring)]
       + (.pieces as $all | [.nearer, .valence, .arousal] | map(. / $all | percent(0))))),
   "Notes kept in number and order in \($n.kept | percent(1)) % of the bent pieces.",
   table(["preset", "emotion", "pitch asked, Hz", "measured", "tempo asked", "measured"];
     $n.sound | map([.preset, .emotion, (.pitch_asked | fixed(1)), (.pitch | fixed(1)), (.tempo_asked | fixed(1)),
       (.tempo | fixed(1))]))] | paragraphs
