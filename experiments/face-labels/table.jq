include "markdown";

def share: if . == null then "–" else percent(1) + " %" end;
def row(title): [title, (.faces | tostring), (.by_label | share), (.by_majority | share), (.label_is_majority | share)];

.numbers | [
  table(["faces of PrivateTest", "faces", "network = label", "network = majority", "label = majority"]; [
    (.all | row("all with votes")),
    (.same | row("majority = label")),
    (.other | row("majority is another emotion")),
    (.no_emotion | row("majority is none of the seven")),
    (.no_majority | row("no majority (a tie)")),
    (.nine | row("nine or ten of ten voters agree")),
    (.seven | row("seven or eight agree")),
    (.fewer | row("fewer agree"))]),
  "Of these \(.all.faces) faces, \(.all.with_emotion) have a majority for one of the seven emotions; the last two columns count only those. Against their votes' shares the network's cross-entropy is \(.all.cross_entropy | fixed(3)) nats, that of the shares themselves \(.all.entropy | fixed(3))."
] | paragraphs
