include "markdown";

def median: sort | if length == 0 then null else .[length / 2 | floor] end;
def rate: if . == null then "–" else fixed(0) end;
def rates($rows; $processes; $threads; $batch):
  $rows | map(select(.processes == $processes and .threads == $threads and .batch == $batch).rate) | median;

# A step of N machines, each with 64 pictures: computing, then messages.
def efficiency($parameters; $seconds; $machines; $bandwidth; $latency):
  ($machines | (2 * (. - 1) / . * 4 * $parameters / $bandwidth) + 2 * (. - 1) * $latency) as $messages
  | $seconds / ($seconds + $messages);

.numbers | . as $n
| rates(.rates; 1; 1; 64) as $alone
| [ table(["processes of one thread", "strong: batch 256, images/s", "weak: 64 a process, images/s", "PyTorch (gloo), images/s", "ratio"];
      [1, 2, 4] | map(. as $p | rates($n.rates; $p; 1; 64 * $p) as $weak
        | ($n.peers | map(select(.processes == $p).rate) | median) as $peer
        | ["\($p)" + (if $p > $n.cores then " (on \($n.cores) processors)" else "" end),
           (rates($n.rates; $p; 1; 256) | rate), ($weak | rate), ($peer | rate),
           (if $peer then ($weak / $peer | fixed(1)) + " ×" else "–" end)])),
    "One process of two threads, batch 128: \(rates(.rates; 1; 2; 128) | rate) images/s; two of one thread: \(rates(.rates; 2; 1; 128) | rate).",
    "**Extrapolated, not measured:** efficiency of weak scaling by the model of cost, from \($alone | rate) images/s of one process.",
    table(["network, parameters", "link", "8 machines", "64", "512"];
      [["1 Gbit/s, 0.2 ms", 125e6, 0.0002], ["25 Gbit/s, 20 µs", 3.125e9, 0.00002], ["100 Gbit/s, 2 µs", 12.5e9, 0.000002]]
      | map(. as $link | ["`vgg`, 1.8 M", $link[0]] + ([8, 64, 512] | map(efficiency(1.8e6; 64 / $alone; .; $link[1]; $link[2]) | percent(0) + " %"))))
  ] | paragraphs
