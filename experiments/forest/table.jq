include "markdown";

def split: percent(2) + " %";
def forest(name; public; private): [name, (public | if . == null then "–" else split end), (private | split),
                                    (.out_of_bag | if . == null then "–" else split end), (.fit_cpu_seconds | fixed(1)),
                                    (.ask_cpu_seconds | fixed(2))];
def source(name): [name, (.public.accuracy | split), (.private.accuracy | split), (.private.macro_f1 | fixed(3)),
                   (.private.ece | fixed(3)), (.private.nll | fixed(3))];

.numbers | .histogram as $h
| [table(["forest of \($h.trees) trees on \($h.rows) faces, \($h.features) features", "PublicTest", "PrivateTest", "out of bag, held out",
          "processor seconds of training", "of prediction"];
    [(.histogram | forest("histogram splits, 255 bins"; .forest.public.accuracy; .forest.private.accuracy)),
     (.exact | forest("exact splits"; .forest.public.accuracy; .forest.private.accuracy)),
     ($h.boosted | .out_of_bag = .held_out
      | forest("boosted trees, \(.trees) rounds"; .public.accuracy; .private.accuracy)),
     (.sklearn | if . == null then empty else forest("scikit-learn, exact splits"; .public; .accuracy) end),
     (.sklearn.boosting | if . == null then empty else
       forest("scikit-learn, gradient boosting of \(.rounds) rounds"; .public; .accuracy) end)]),
   table(["source", "PublicTest", "PrivateTest", "macro F1", "calibration error", "nats"];
    [($h.network | source("network")), ($h.forest | source("forest")),
     ($h.recalibrated | source("network, recalibrated (control)")), ($h.stacked | source("network and forest, stacked")),
     ["rule of agreement, threshold \($h.rule.threshold | fixed(2))", ($h.rule.public | split), ($h.rule.private | split), "–", "–", "–"]]),
   "Both fusions and the rule's threshold are fitted on PublicTest. Most important: \([$h.important[:6][] | .feature] | join(", "))."]
| paragraphs
