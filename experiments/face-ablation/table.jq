include "markdown";

def reached: map(.result.validation_accuracy);

.numbers | (.runs | map(.name) | reduce .[] as $name ([]; if index($name) then . else . + [$name] end)) as $names
| (.runs | map(select(.name == $names[0])) | reached | mean) as $base
| [
  "`\(.arch)` on `\(.data)`, PublicTest, best epoch." + if .epochs > 1 then "" else
    " **One epoch shows that the study runs, and nothing about the recipe**: so early, whatever hinders learning by heart"
    + " only hinders." end,
  table(["variant", "options", "epochs", "seeds", "accuracy, %", "difference"];
    [$names[] as $name | .runs | map(select(.name == $name)) | [
      .[0].name, (.[0].options | if . == "" then "–" else "`\(.)`" end), (.[0].epochs | tostring), (length | tostring),
      (reached | percent_spread),
      if $name == $names[0] then "–" else (reached | mean - $base) as $d | (if $d > 0 then "+" else "" end) + ($d | percent(1)) end]]),
  figure("What each change brings"; "ablation.png")
] | paragraphs
