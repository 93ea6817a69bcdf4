include "markdown";

def row(name): [name, (.average_precision | fixed(3)), (.recall[] | .recall | percent(1) + " %"), (.milliseconds | fixed(0)) + " ms"];

def frame: ["\(.width)×\(.height)", (.net | fixed(1)) + " ms", (.haar | fixed(1)) + " ms"];

.numbers
| [table(["\(.net.pictures) pictures, \(.net.faces) faces", "average precision", "recall at 0.1 false boxes per picture",
                  "at 0.5", "at 1", "per picture"];
  [(.net | row("`--detector net`")), (.haar | row("`--detector haar`"))]
  + (.opencv // {} | to_entries | map(.key as $name | .value | row("OpenCV " + $name)))
  + (.dlib // {} | to_entries | map(.key as $name | .value | row("dlib " + $name)))),
  (.speed // [] | if . == [] then empty else
    table(["frames of one thread, \(.[0].pictures) photographs", "`--detector net`", "`--detector haar`"]; map(frame)) end),
   (.views // [] | if . == [] then empty else
    table(["photographs", "`--detector net`: with a face", "faces", "`--detector haar`: with a face", "faces"];
          [range(0; length; 2) as $i | .[$i] as $haar | .[$i + 1] as $net
           | ["\($net.view), \($net.of)", ($net, $haar | .pictures, .faces | tostring)]]) end)]
| paragraphs
