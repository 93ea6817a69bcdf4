# headline.jq: the README's few rows, from all recorded results (an array of result.json).
include "markdown";

def study(name): map(select(.study == name))[0].numbers;
def network(name): study("face-accuracy").networks | map(select(.name == name))[0];
def face_row(name; title):
  network(name) as $network
  | [ "\(title): \($network.arch), \($network.parameters | count) parameters, FER2013 PrivateTest",
      "\($network.private.one.accuracy | percent(1)) % (mirrored \($network.private.flip.accuracy | percent(1)), "
        + "ten crops \($network.private.ten.accuracy | percent(1)))",
      "people 65 ± 5 %; challenge winner 71.2 %", "face-accuracy" ];
def speed_row(name; title):
  (study("speed").rows | map(select(.row == name))[0]) as $row
  | [ title, "\($row.ours | fixed(if $row.ours < 10 then 2 else 0 end)) \($row.unit)",
      "PyTorch at its best: \($row.their_best | fixed(if $row.their_best < 10 then 2 else 0 end))", "speed" ];

table(["what", "measured", "for comparison", "details"];
  [ face_row("face"; "the default"),
    face_row("resnet-labels-1"; "its first teacher, from the labels alone"),
    face_row("mini"; "the small one"),
    (study("face-labels").networks | map({(.name): .groups.all}) | add
      | [ "`face-voted`, trained on people's votes: agreement with the majority of ten voters on PrivateTest",
          "\(.["face-voted"].by_majority | percent(1)) % of \(.face.with_emotion) faces",
          "the default \(.face.by_majority | percent(1)) %; FER2013's labels \(.face.label_is_majority | percent(1)) %",
          "face-labels" ]),
    (study("detector") | [ "faces found in \(.net.pictures) crowded pictures (WIDER), average precision",
      (.net.average_precision | fixed(2)),
      ([{name: "OpenCV's best cascade", of: .opencv}, {name: "dlib's HOG", of: .dlib}]
        | map(select(.of) | "\(.name) \([.of[].average_precision] | max | fixed(2))") | join(", ")),
      "detector" ]),
    (study("landmarks").truth | [ "error of 68 landmarks (Helen), of the distance between the eyes' outer corners",
      "\(.mean_error | fixed(1)) %, \(.milliseconds | fixed(1)) ms", "dlib's trees on the same pictures, measured once: 4.9 %", "landmarks" ]),
    (study("music-control") | [ "generated clips heard as the quadrant they were written for (the rules were tuned by these judges)",
      (.arranged.control.four_quadrant | percent(1)) + " % of \(.arranged.control.n)",
      "by another corpus' judge \(.arranged.control_cross.four_quadrant | percent(1)) %; real EMOPIA clips, by judges fitted without them, \(.main.judge_folds.four_quadrant | percent(1)) %; chance 25 %", "music-control" ]),
    speed_row("train_vgg"; "training `vgg`, two cores"),
    speed_row("infer_vgg_b1"; "one face through `vgg`, two cores") ]
  | map(.[3] |= "[\(.)](experiments/RESULTS.md#\(.))"))
