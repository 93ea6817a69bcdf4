# groups.jq: the rows of the study's tables and the points of its figure.

# A shipped network stands for itself, and so do they all together.
def is_shipped: .name == "face" or .name == .arch or .members > 1;
# Networks of one recipe stand together; a shipped one once more among those that differ from it by their seed alone.
def groups:
  [.[] | select(is_shipped) | [.]]
  + (map(select(.members == 1)) | group_by([.arch, .size, .recipe]) | map(select(length > 1 or (.[0] | is_shipped | not))))
  | sort_by([.[0].parameters, length]);
# "vgg, 40 px, 12 epochs, distilled", or what a shipped one is for.
def title: .[0] as $first
  | $first.arch + (if $first.size == 48 then "" else ", \($first.size) px" end)
    + if $first.members > 1 then " (together)"
      elif length > 1 and any(is_shipped) then ", the shipped recipe"
      elif $first.name == "face" then " (the default)"
      elif $first | is_shipped then " (shipped)"
      else $first.recipe | (if .epochs then ", \(.epochs) epochs" else "" end) + (if (.teacher // "") == "" then "" else ", distilled" end) end;
