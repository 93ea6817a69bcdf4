# markdown.jq: what the studies' tables are written with.

# A number with so many digits after the point; "–" for one that is missing.
def fixed(digits):
  if . == null then "–"
  else . as $x | pow(10; digits) as $unit | ($x * $unit | fabs | round) as $n
    | (if $x < 0 and $n > 0 then "−" else "" end) + ($n / $unit | floor | tostring)
    + if digits > 0
      then "." + ("000000000" + ($n - ($n / $unit | floor) * $unit | tostring))[-digits:]
      else "" end
  end;
def percent(digits): if . == null then "–" else 100 * . | fixed(digits) end;

# 1764519 as "1.76 M".
def count:
  if . == null then "–" elif . >= 1e9 then (. / 1e9 | fixed(2)) + " G" elif . >= 1e6 then (. / 1e6 | fixed(2)) + " M"
  elif . >= 1e3 then (. / 1e3 | fixed(0)) + " k" else tostring end;

# Seconds as people say them.
def duration:
  if . == null then "–" elif . < 60 then fixed(0) + " s" elif . < 5400 then (. / 60 | fixed(0)) + " min"
  else (. / 3600 | fixed(1)) + " h" end;

def mean: if length == 0 then null else add / length end;
# The spread of a sample; null for fewer than two.
def deviation:
  if length < 2 then null else mean as $m | (map((. - $m) * (. - $m)) | add / (length - 1) | sqrt) end;
# "71.9 ± 0.3" for shares of several runs, "71.9" for that of one.
def percent_spread:
  map(select(. != null)) | (mean | percent(1)) + if length > 1 then " ± " + (deviation | percent(1)) else "" end;

# Wilson's 95 % interval of a share p of n: "83.3 % (64 … 93)".
def share_of(n):
  if . == null or n == null then "–" else . as $p | (1.96 * 1.96) as $z
    | (($p + $z / (2 * n)) / (1 + $z / n)) as $centre
    | (1.96 * (($p * (1 - $p) / n + $z / (4 * n * n)) | sqrt) / (1 + $z / n)) as $half
    | ($p | percent(1)) + " % (" + ($centre - $half | percent(0)) + " … " + ($centre + $half | percent(0)) + ")"
  end;

# table(["head", …]; [[cell, …], …]): columns of numbers to the right, all others to the left. Cells are Markdown, in
# which a "<" or "|", of a corpus' or file's name, stands for itself.
def table(head; rows):
  def cell: gsub("<"; "&lt;") | gsub("\\|"; "\\|");
  def line: "| " + (map(cell) | join(" | ")) + " |";
  def is_number: test("^[*≤≥]*[−–+-]?[0-9]|^–$");
  rows as $rows
  | [range(head | length) as $column
     | if $column > 0 and ($rows | all(.[$column] | is_number)) then "---:" else ":---" end] as $alignment
  | [(head | line), ($alignment | line)] + ($rows | map(line)) | join("\n");
# A picture; and one that does not say itself what it shows, with its title below it.
def figure(title; file): "![\(title)](\(file))";
def captioned(title; file): figure(title; file) + " *\(title)*";
def paragraphs: map(select(. != null and . != "")) | join("\n\n");
