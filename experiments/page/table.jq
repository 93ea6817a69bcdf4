include "markdown";

.numbers
| [table(["pages", "frames a second, each", "delay, median", "95 %", "resident memory"];
    [["none", "", "", "", "\(.memory.idle_mb) MB"],
     ["one", .page.frames_per_second, .page.median_ms, .page.p95_ms, "\(.memory.one_page_mb) MB"],
     ["ten: the browser", .ten.page_frames_per_second, "", .ten.page_p95_ms, "\(.memory.ten_pages_mb) MB"],
     ["ten: each program, until the reply", .ten.frames_per_second, .ten.median_ms, .ten.p95_ms, ""]]
    | map(map(if type == "number" then fixed(1) else . end)
          | [.[0], .[1], (.[2, 3] | if . == "" then . else . + " ms" end), .[4]])),
   "A frame costs \(.processor.frame_ms | fixed(1)) ms of one processor, the music of a page \(.processor.music_percent | fixed(1)) % of one. The server took \(.ten.cores | fixed(1)) processors for the ten; the load of the machine before the start was \(.load | fixed(1))."] | paragraphs
