include "markdown";

.numbers
| [table(["what", "songs", "seconds", "a second"];
    [["MIDI files read", .midi, .first], ["unchanged ones looked through", .midi, .again],
     ["audio files read", .audio, .audio_seconds]]
    | map(select(.[1] > 0) | [.[0], (.[1] | tostring), (.[2] | fixed(2)), (.[1] / .[2] | fixed(0))])),
   "Choosing one song among \(.choice.songs) takes \(.choice.mean_ms | fixed(1)) ms (longest \(.choice.longest_ms | fixed(1)))."] | paragraphs
