include "markdown";

def median: sort | if length == 0 then null else .[length / 2 | floor] end;
def rate: if . == null then "–" else fixed(0) end;
def rates($rows; $processes; $threads; $batch):
  $rows | map(select(.processes == $processes and .threads == $threads and .batch == $batch).rate) | median;

def link: if .link == "memory" then "memory" elif .megabits == 0 then "TCP" else "TCP, \(.megabits) Mbit/s" end;

# What a pair of processes on the slowest link says: the share of computing that hides communication. Both directions
# share the link.
def part($parts; $name; $link; $megabits):
  $parts | map(select(.name == $name and .link == $link and .megabits == $megabits and .wire == "full")) | .[0];
def fit($parts; $name):
  part($parts; $name; "tcp"; 0) as $open | part($parts; $name; "tcp"; 200) as $slow
  | if $open == null or $slow == null then {hidden: 0, fixed: 0}
    else (($open.step_ms - $open.alone_ms) / $open.alone_ms) as $fixed
      | (2 * $slow.megabytes * 8 / $slow.megabits * 1000) as $transfer
      | ((($transfer + $fixed * $slow.alone_ms) - ($slow.step_ms - $slow.alone_ms)) / $slow.alone_ms) as $hidden
      | {hidden: ([0, $hidden] | max), fixed: ([0, $fixed] | max)} end;

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
    table(["two processes of one thread", "link", "wire", "step, ms", "alone, ms", "communication", "waiting, ms", "sent, MB"];
      [.parts[] | ["`\(.name)`, \(.batch) a process", link, .wire, (.step_ms | fixed(0)), (.alone_ms | fixed(0)),
                   (.communication | percent(1)) + " %", (.waited_ms | fixed(0)), (.megabytes | fixed(1))]]),
    (if $wide and $wide.link == "tcp" then
       "`vgg-wide` with \($wide.batch) pictures a process spends \($wide.communication | percent(1)) % of a step on communication over a link of 1 Gbit/s that both directions share (at most 10 % is wanted)."
     else empty end),
    "Fitted to the slowest link (`vgg`): \($fit.hidden | percent(0)) % of the time of computing hides communication; the sums cost \($fit.fixed | percent(0)) % more.",
    "**Extrapolated, not measured:** efficiency of weak scaling by the model of cost, from \($alone | rate) images/s of one process.",
    table(["network, parameters", "link", "8 machines", "64", "512"];
      [["1 Gbit/s, 0.2 ms", 125e6, 0.0002], ["25 Gbit/s, 20 µs", 3.125e9, 0.00002], ["100 Gbit/s, 2 µs", 12.5e9, 0.000002]]
      | map(. as $link | $networks[] | . as $network
        | [$network[0], $link[0]]
          + ([8, 64, 512] | map(efficiency($fit; $network[1]; $network[2]; .; $link[1]; $link[2]) | percent(0) + " %"))))
  ] | paragraphs
