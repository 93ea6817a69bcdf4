include "markdown";

def titles: {train_vgg: "train `vgg`, batch 64", train_vgg_wide: "train `vgg-wide`, batch 64",
  train_resnet: "train `resnet`, batch 64", infer_vgg_b64: "infer `vgg`, batch 64",
  infer_vgg_b1: "infer `vgg`, one picture", train_lstm: "train the LSTM", generate_lstm: "generate, token by token"};
def significant:
  if . == null then "–" elif . >= 100 then fixed(0) elif . >= 10 then fixed(1) else fixed(2) end;
def times: if . == null then "–" else fixed(1) + " ×" end;
def megabytes: if . == null or . == 0 then "–" else fixed(0) + " MB" end;
# How PyTorch's best differs from PyTorch as installed.
def settings: if .their_best_settings == .their_settings then "" else " (" + .their_best_settings + ")" end;

def in_order: . as $numbers
  | [$numbers.bench.rows[].name as $name | $numbers.rows[] | select(.row == $name)];

.numbers | .bench as $bench | [
  "Kernels: \($bench.isa), \($bench.threads) threads; measured peak \($bench.peak_gflops | fixed(0)) GFLOP/s in fp32, \($bench.read_gigabytes | fixed(1)) GB/s read.",
  table(["work", "unit", "Affekt", "PyTorch", "ratio", "PyTorch at its best", "ratio", "GFLOP/s", "of the peak"];
    in_order | map([titles[.row] // .row, .unit, (.ours | significant), (.theirs | significant), (.ratio | times),
      (.their_best | significant) + settings, (.ratio_to_best | times), (.gflops | fixed(0)),
      (.gflops / $bench.peak_gflops | percent(0)) + " %"])),
  (if .pytorch then null else "*PyTorch (Debian's python3-torch) is not installed: no comparison.*" end),
  table(["training `vgg`", "batch", "Affekt, images/s", "PyTorch at its best", "ratio", "memory of a step", "of the process", "PyTorch's, as installed"];
    .scaling | sort_by(.threads, .batch) | map([(if .threads == 1 then "one thread" else "\(.threads) threads" end), (.batch | tostring),
      (.ours | significant), (.their_best | significant), (.ratio_to_best | times), (.tape_megabytes | megabytes),
      (.our_megabytes | megabytes), (.their_megabytes | megabytes)])),
  (if .onnx == null then null elif .onnx == [] then "*ONNX Runtime (npm's onnxruntime-node) is not installed: no comparison.*" else
    table(["inference, `vgg`", "pictures", "Affekt, ms", "ONNX Runtime, ms", "ratio"];
      .onnx | sort_by(.threads, .batch) | map([(if .threads == 1 then "one thread" else "\(.threads) threads" end), (.batch | tostring),
        (.ours | significant), (.theirs | significant), (.theirs / .ours | times)])) end),
  (if .beside then
    [1, 2] as $threads | [$threads[] as $n | .beside | map(select(.threads == $n).milliseconds) | sort | .[length / 2 | floor]]
    | "One picture (`vgg`) while three other processes train with two threads each: \(.[0] | significant) ms with one thread, \(.[1] | significant) ms with two (\(.[1] / .[0] | fixed(2)) ×; at most 1.5 × is wanted)."
    else null end),
  ($bench.rows | map(select(.name == "load_csv")) | first
    | if . == null then null else "Reading FER2013's file: \(.value | fixed(0)) images/s." end),
  figure("Where the time of a training step goes"; "operators.png")
] | paragraphs
