include "markdown";

def row(name): [name, "\(.found) of \(.faces)", (.mean_error | fixed(2)) + " %", (.median_error | fixed(2)) + " %",
                (.above_8 | fixed(1)) + " %", (.milliseconds | fixed(1)) + " ms"];

.numbers | table(["starts from", "faces found", "mean error", "median", "above 8 %", "per face"];
  [(.truth | row("the true box, jittered")), (.haar | row("`--detector haar`")), (.net | row("`--detector net`"))]
  + if .turned then [.turned | row("`--detector net`, every eighth face upside down")] else [] end)
