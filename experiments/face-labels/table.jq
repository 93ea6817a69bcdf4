include "markdown";

def share: if . == null then "–" else percent(1) + " %" end;
def listed: if length < 2 then .[0] else (.[:-1] | join(", ")) + " and " + .[-1] end;

.numbers.networks as $networks
| $networks[0].groups as $faces
| def row(group; title):
    [title, ($faces[group].faces | tostring), ($faces[group].label_is_majority | share)]
    + ($networks | map(.groups[group] | (.by_label, .by_majority) | share));
[
  table(["faces of PrivateTest", "faces", "label = majority"]
    + ($networks | map("`\(.name)` = label", "`\(.name)` = majority")); [
    row("all"; "all with votes"),
    row("same"; "majority = label"),
    row("other"; "majority is another emotion"),
    row("no_emotion"; "majority is none of the seven"),
    row("no_majority"; "no majority (a tie)"),
    row("nine"; "nine or ten of ten voters agree"),
    row("seven"; "seven or eight agree"),
    row("fewer"; "fewer agree")]),
  "Of these \($faces.all.faces) faces, \($faces.all.with_emotion) have a majority for one of the seven emotions; the columns with the majority count only those. Against their votes' shares the cross-entropy is \($networks | map("\(.groups.all.cross_entropy | fixed(3)) of `\(.name)`") | listed), in nats; that of the shares themselves is \($faces.all.entropy | fixed(3))."
] | paragraphs
