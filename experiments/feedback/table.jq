include "markdown";

def near(i): [.[i - 2], .[i - 1], .[i], .[i + 1], .[i + 2]] | map(select(. != null));

.numbers as $n
| [table(["events", "regret without feedback", "regret with feedback", "ratio"];
    [0, 10, 20, 30, 40, 57] | map(. as $i | $n.regret | (if $i == 0 then [.[0]] else near($i) end)
      | [($i | tostring), (map(.without) | mean | fixed(2)), (map(.with) | mean | fixed(2)),
         ((map(.with) | mean) / (map(.without) | mean) | fixed(2))])),
   "\($n.listeners) simulated listeners, \($n.songs) songs; feedback served \($n.worse | percent(1)) % of them worse than none in the second half of \($n.rounds) songs."] | paragraphs
