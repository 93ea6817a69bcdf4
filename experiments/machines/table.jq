include "markdown";

def median: sort | if length == 0 then null else (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2 end;
def rate: if . == null then "–" else fixed(0) end;
def rates($rows; $processes; $threads; $batch):
  $rows | map(select(.processes == $processes and .threads == $threads and .batch == $batch).rate) | median;

def link: if .link == "memory" then "memory" elif .megabits == 0 then "TCP" else "TCP, \(.megabits) Mbit/s" end;

def part($parts; $name; $link; $megabits):
  $parts | map(select(.name == $name and .link == $link and .megabits == $megabits and .wire == "full")) | .[0];

# Milliseconds that a pair's messages take on their link, which both directions share.
def transfer: if .link == "tcp" and .megabits > 0 then 2 * .megabytes * 8 / .megabits * 1000 else 0 end;

# What the sums cost where the link is no limit: the largest share of a step that was measured, and that as a share of
# computing. And the share of computing that hides communication: what is missing of the messages' time on the slowest link.
def fit($parts; $name):
  ([$parts[] | select(.megabits > 0).megabits] | min) as $slowest
  | ([0] + [$parts[] | select(.wire == "full" and .megabits == 0).communication] | max) as $share
  | ($share / (1 - $share)) as $fixed
  | part($parts; $name; "tcp"; $slowest) as $slow
  | {$share, $fixed, hidden: (if $slow == null then 0 else
      [0, (($slow | transfer) + $fixed * $slow.alone_ms - ($slow.step_ms - $slow.alone_ms)) / $slow.alone_ms] | max end)};
def modelled($fit): .alone_ms * (1 + $fit.fixed) + ([0, transfer - $fit.hidden * .alone_ms] | max);

# A step of N machines, each with a batch of its own: computing, the fixed cost of the sums, and messages that are not hidden.
def efficiency($fit; $parameters; $seconds; $machines; $bandwidth; $latency):
  ($machines | (2 * (. - 1) / . * 4 * $parameters / $bandwidth) + 2 * (. - 1) * $latency) as $messages
  | $seconds / ($seconds * (1 + $fit.fixed) + ([0, $messages - $fit.hidden * $seconds] | max));

.numbers | . as $n
| rates(.rates; 1; 1; 64) as $alone
| fit(.parts; "train_vgg") as $fit
| part(.parts; "train_vgg_wide"; if any(.parts[]; .link == "tcp") then "tcp" else "memory" end;
       if any(.parts[]; .link == "tcp") then 1000 else 0 end) as $wide
| ([["`vgg`, 1.8 M, 64 a process", 1.8e6, 64 / $alone]]
  + (if $wide then [["`vgg-wide`, 9.4 M, \($wide.batch) a process", $wide.parameters, $wide.alone_ms / 1000]] else [] end)) as $networks
| [ table(["processes of one thread", "strong: batch 256, images/s", "weak: 64 a process, images/s", "PyTorch (gloo), images/s", "ratio"];
      [.rates[].processes] | unique | map(. as $p | rates($n.rates; $p; 1; 64 * $p) as $weak
        | ($n.peers | map(select(.processes == $p).rate) | median) as $peer
        | ["\($p)" + (if $p > $n.cores then " (on \($n.cores) processors)" else "" end),
           (rates($n.rates; $p; 1; 256) | rate), ($weak | rate), ($peer | rate),
           (if $peer then ($weak / $peer | fixed(1)) + " ×" else "–" end)])),
    "One process of two threads, batch 128: \(rates(.rates; 1; 2; 128) | rate) images/s; two of one thread: \(rates(.rates; 2; 1; 128) | rate).",
    table(["two processes of one thread", "link", "wire", "step, ms", "alone, ms", "communication", "waiting, ms", "sent, MB", "the model's step, ms"];
      [.parts[] | ["`\(.name)`, \(.batch) a process", link, .wire, (.step_ms | fixed(0)), (.alone_ms | fixed(0)),
                   (.communication | percent(1)) + " %", (.waited_ms | fixed(0)), (.megabytes | fixed(1)),
                   if .wire == "full" then (modelled($fit) | fixed(0)) else "" end]]),
    (if $wide and $wide.link == "tcp" then
       "`vgg-wide` with \($wide.batch) pictures a process spends \($wide.communication | percent(1)) % of a step on communication over a link of 1 Gbit/s that both directions share (at most 10 % is wanted)."
     else empty end),
    "The model: the sums cost \($fit.share | percent(0)) % of a step, the largest share measured on links that are no limit; \($fit.hidden | percent(0)) % of the time of computing hides messages, fitted to the slowest link (`vgg`).",
    "**Extrapolated, not measured:** efficiency of weak scaling by the model of cost, from \($alone | rate) images/s of one process.",
    table(["network, parameters", "link", "8 machines", "64", "512"];
      [["1 Gbit/s, 0.2 ms", 125e6, 0.0002], ["25 Gbit/s, 20 µs", 3.125e9, 0.00002], ["100 Gbit/s, 2 µs", 12.5e9, 0.000002]]
      | map(. as $link | $networks[] | . as $network
        | [$network[0], $link[0]]
          + ([8, 64, 512] | map(efficiency($fit; $network[1]; $network[2]; .; $link[1]; $link[2]) | percent(0) + " %"))))
  ] | paragraphs
