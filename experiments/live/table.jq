include "markdown";

def times(opencv): if . == null then "–" else (fixed(1)) + " ms (" + (opencv / . | fixed(1)) + " ×)" end;

.numbers | [
  if .agreement then
    (.agreement | "Of \(.pictures) pictures \(.same) give exactly OpenCV's boxes; of its \(.boxes) boxes \(.missing) are missing, \(.extra) are ours alone. Processor time:"),
    table(["640×480, one thread", "OpenCV", "portable", "AVX2", "AVX-512"];
      .speed | map(.opencv as $opencv | ["faces from \(.smallest) px", (.opencv | fixed(1)) + " ms"]
        + ([.portable, .avx2, .avx512] | map(times($opencv)))))
  else "*OpenCV (Debian's python3-opencv) or the pictures are missing: no comparison.*" end,
  table(["frame to emotion, one thread", "size", "frames", "with a face", "mean", "longest"];
    .clips | map(["`\(.name)`", .size, (.frames | tostring), (.with_face | tostring), (.mean | fixed(2)) + " ms",
      (.longest | fixed(1)) + " ms"])),
  if .stability then
    table(["rule", "changes per minute", "periods of a second or more that it reports", "mean delay"];
      .stability | map([.rule, (.changes_per_minute | fixed(1)), "\(.told) of \(.periods)", (.delay | fixed(2)) + " s"]))
  else empty end,
  if .levelling and (.levelling | length) > 0 then
    "FER2013 in larger pictures: accuracy and log-likelihood where faces that roll by more than so much are turned level.",
    table(["turned by", "found"] + (.levelling[0].beyond | map(if .limit < 180 then "beyond \(.limit)°" else "never" end));
      .levelling | map(["\(.degrees)°", "\(.found) of \(.faces)"]
        + (.beyond | map((.accuracy | fixed(1)) + " %, " + (.likelihood | fixed(3))))))
  else empty end,
  if .long then
    (.long | "A session of \(.hours[-1].hours) hours, faster than real time: \(.notes) notes in \(.hours[-1].pieces) pieces, "
      + "\(.sounding) left sounding, the longest \(.longest_note | fixed(1)) s, at most \(.longest_wait | fixed(1)) s between two onsets. "
      + "Memory at the start: \(.hours[0].kilobytes / 1024 | fixed(1)) MB, at the end: \(.hours[-1].kilobytes / 1024 | fixed(1)) MB.")
  else empty end
] | paragraphs
