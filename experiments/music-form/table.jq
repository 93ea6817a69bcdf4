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
def told: "\(.accuracy | fixed(3)) ± \(.half_interval | fixed(3))";
def compared(names): .numbers.columns | map(select(.name as $n | names | index($n)));

.numbers as $numbers
| compared(["performed", "arranged", "pop909", "vgmidi", "emopia"]) as $styles
| compared(["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]) as $emotions
| [ "Generated pieces and real ones, the first 175 s of each; means with their 95 % intervals.",
    table(["measure"] + ($styles | map(.name | name)); measures | map(. as $m | [$m[1]] + cells($styles; $m[0]))),
    "The arranged pieces by emotion:",
    table(["measure"] + ($emotions | map(.name)); measures | map(. as $m | [$m[1]] + cells($emotions; $m[0]))),
    "What a classifier (a random forest on `music_features.h`, first half minute) tells apart, on pieces and songs that it"
      + " does not know:",
    table(["told apart", "share or AUC", "chance"]; [
      ["the seven emotions, arranged"] + (.numbers.seven | [told, "0.143"]),
      ["happy from surprise, arranged"] + (.numbers.pair | [told, "0.500"]),
      ["arranged from EMOPIA, AUC", (.numbers.arranged.auc | fixed(3)), "0.500"],
      ["performed from EMOPIA, AUC", (.numbers.performed.auc | fixed(3)), "0.500"],
      ["six genres of real corpora"] + (.numbers.genres_real | [told, "0.167"]),
      ["arranged pieces of those genres, by the same classifier"] + (.numbers.genres | [told, "0.167"])]),
    "How loud the arranged pieces are as FluidSynth plays them, LUFS:",
    table($emotions | map(.name); [$emotions | map(.name as $name | $numbers.level[$name] | "\(.mean | fixed(1)) ± \(.half_interval | fixed(1))")]),
    captioned("An arranged piece for happy: the theme returns. Time to the right, pitch upwards."; "happy.png")
  ] | paragraphs
