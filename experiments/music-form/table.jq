include "markdown";

def name: {pop909: "POP909", vgmidi: "VGMIDI", emopia: "EMOPIA"}[.] // .;
def measures: [
  ["figures_again", "melody notes in a figure of 7 heard 3 s before"],
  ["segments_again", "segments of 6 s close to an earlier one"],
  ["chord_changes", "chord changes per second"],
  ["onset_variation", "variation of onset intervals"],
  ["onset_entropy", "their entropy, bits"],
  ["repeated_notes", "repeated melody notes"],
  ["note_rate", "notes per second"],
  ["unplayable", "onsets that two hands cannot strike"]];
def cells(columns; key):
  columns | map(.[key] | "\(.mean | fixed(3)) ± \(.half_interval | fixed(3))");
def compared(names): .numbers.columns | map(select(.name as $n | names | index($n)));

compared(["performed", "arranged", "pop909", "vgmidi", "emopia"]) as $styles
| compared(["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]) as $emotions
| [ "Generated pieces and real ones, the first 175 s of each; means with their 95 % intervals.",
    table(["measure"] + ($styles | map(.name | name)); measures | map(. as $m | [$m[1]] + cells($styles; $m[0]))),
    "The arranged pieces by emotion:",
    table(["measure"] + ($emotions | map(.name)); measures | map(. as $m | [$m[1]] + cells($emotions; $m[0]))),
    captioned("An arranged piece for happy: the theme returns. Time to the right, pitch upwards."; "happy.png")
  ] | paragraphs
