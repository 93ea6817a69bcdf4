include "markdown";

def titles: {train_vgg: "train `vgg`", train_vgg_wide: "train `vgg-wide`", infer_vgg_b64: "infer `vgg`, batch 64",
  infer_vgg_b1: "infer `vgg`, one picture", train_lstm: "train the LSTM", generate_lstm: "generate, token by token",
  read_csv: "read fer2013.csv"};
def title: titles[.] // .;
def significant: if . >= 100 then fixed(0) elif . >= 10 then fixed(1) else fixed(2) end;

def rows: .bench as $bench | .pytorch as $pytorch
  | table(["work", "Affekt", "unit", "GFLOP/s", "share of the peak", "memory", "PyTorch in turn", "Affekt in turn", "ratio"];
      $bench.rows | map(. as $row | ($pytorch | map(select(.row == $row.name)) | first) as $other
        | [(.name | title), (.value | significant), .unit, (if .gflops > 0 then .gflops | fixed(0) else "–" end),
           (if .gflops > 0 then (.share_of_peak | percent(0)) + " %" else "–" end),
           (if .megabytes > 0 then (.megabytes | fixed(0)) + " MB" else "–" end)]
          + if $other then [($other.theirs | significant), ($other.ours | significant), ($other.ratio | fixed(2)) + " ×"]
            else ["–", "–", "–"] end));

.numbers | [
  "Kernels: \(.bench.isa), \(.bench.threads) threads; measured peak \(.bench.peak_gflops | fixed(0)) GFLOP/s in fp32, \(.bench.read_gigabytes | fixed(1)) GB/s read.",
  rows,
  (if (.pytorch | length) == 0 then "*PyTorch (Debian's python3-torch) is not installed: no comparison.*" else null end),
  table(["training `vgg`", "batch", "images/s", "GFLOP/s", "memory of a step"];
    .scaling | sort_by(.threads, .batch) | map([(if .threads == 1 then "one thread" else "\(.threads) threads" end), (.batch | tostring), (.rows[0].value | fixed(0)),
      (.rows[0].gflops | fixed(0)), (.rows[0].megabytes | fixed(0)) + " MB"])),
  figure("Where the time of a training step goes"; "operators.png")
] | paragraphs
