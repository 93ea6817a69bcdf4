include "markdown";

def share: if . == null then "–" else percent(1) + " %" end;
def row(title): [title, (.faces | tostring), (.by_label | share), (.by_majority | share), (.label_is_majority | share)];

.numbers | [
  table(["faces of PrivateTest", "faces", "network says the label", "network says what most say", "label is what most say"]; [
    (.all | row("all that were voted on")),
    (.same | row("most say what the label says")),
    (.other | row("most say another emotion")),
    (.no_emotion | row("most see no emotion of the seven")),
    (.no_majority | row("as many say one thing as another")),
    (.nine | row("nine or ten of ten agree on an emotion")),
    (.seven | row("seven or eight do")),
    (.fewer | row("fewer do"))]),
  "Of the \(.all.faces), most say an emotion for \(.all.with_emotion); the last two columns are of these."
] | paragraphs
