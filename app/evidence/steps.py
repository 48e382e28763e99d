"""How a pack is checked with standard tools: the lines of README.txt that are pasted into bash. Pure."""

_STEPS = r"""How to check it with standard tools
Paste these lines into bash in the folder where this file lies, with nothing else in it. A line that says
BROKEN names what is not as it was.

1. Every file is what it was when this was made, and there is no other.

    sha256sum --quiet --strict --check SHA256SUMS || echo "BROKEN: see the lines above"
    files=$(find . ! -type d | cut -c 3- | sort)
    comm -13 <(cut -c 67- SHA256SUMS | cat - <(echo SHA256SUMS) | sort) <(echo "$files") |
      sed 's/$/ is not in SHA256SUMS/; s/^/BROKEN: /'
    echo @FORM | cmp -s - format.txt || echo "BROKEN: format.txt"
    root='(README|METHOD|CERTIFICATE-DRAFT|format|head)\.txt|@STAMPchain\.tsv|SHA256SUMS|@ROOT'
    below='records/[a-z]+-[0-9a-f]+\.json|@BELOW'
    echo "$files" | grep -vxE "$root|$below" | sed 's/$/ does not belong in a pack/; s/^/BROKEN: /'

2. Each captured body is the one that the record of the alert names, side by side, and each text is the one
   that the record of its reading names.

@OTHERS    for alert in records/alerts-*.json; do
@SKIP      folder=@FOLDER
      for side in before after; do
        named='\\"'$side'\\":{\\"fetched_at\\":\\"[^\\]*\\",\\"sha256\\":\\"[0-9a-f]*'
        said=$(grep -o "$named" "$alert" | tr -d '\\"')
        at=${said#*fetched_at:} at=${at%,sha256:*} sum=${said##*:}
        body=$(cat $folder$side/body.* | sha256sum | cut -c 1-64)
        [ "$body" = "$sum" ] || echo BROKEN: $folder$side/body.*
        fetch=$(grep -lF '"body_sha256":"'$sum'"' records/fetches-*.json |
          xargs grep -lF '"ended_at":"'$at'"' /dev/null | tail -n 1)
        reading=${fetch/fetches/readings}
        [ -n "$fetch" ] || echo "BROKEN: $alert, whose fetch is not in here"
        if [ -e $folder$side/text.txt ]; then
          text=$(sha256sum < $folder$side/text.txt | cut -c 1-64)
          grep -qF '"text_sha256":"'$text'"' "$reading" || echo BROKEN: $folder$side/text.txt
        elif [ -e $folder$side/text-read-anew.txt ] && [ -e "$reading" ]; then
          echo BROKEN: $folder$side/text-read-anew.txt
        fi
      done
    done

3. Each record is what was recorded: its sum is the content of the newest link of its row, and each record
   has a link. A record was written when it happened; whoever changes one later has to add a link.
   Each link's SHA-256 is that of "<before> <table> <key> <content>", and <before> is the link before it,
   without a gap down to the head. (A minute or two for 20,000 links.)

    head= line=0
    while IFS=$'\t' read -r id before table key content sum record; do
      line=$((line + 1)) said="$before $table $key ${content#-}"
      [ "$(printf '%s' "$said" | sha256sum | cut -c 1-64)" = "$sum" ] || echo "BROKEN: chain.tsv, line $line"
      [ -z "$head" ] || [ "$before" = "$head" ] || echo "BROKEN: chain.tsv, line $line does not follow"
      [ "$record" = - ] || echo "$content  $record" | sha256sum --status --check || echo "BROKEN: $record"
      head=$sum
    done < chain.tsv
    [ -n "$head" ] && [ "$head" = "$(cat head.txt)" ] || echo "BROKEN: head.txt"
    awk -F '\t' 'NR > 1 && $1 != id + 1 { print "BROKEN: chain.tsv, line " NR " leaves a gap" }
      { id = $1; newest["records/" $3 "-" $4 ".json"] = NR }
      $7 != "-" { named[$7] = NR }
      END { for (one in named) if (named[one] != newest[one]) print "BROKEN: " one " is not the newest" }
    ' chain.tsv
    find records -type f | sort | comm -23 - <(cut -f 7 chain.tsv | sort) |
      sed 's/$/ has no link/; s/^/BROKEN: /'

@STAMPED"""
_STAMPED = r"""\
4. The authority's time stamp is over this head, and its certificates were in force at the time it tells.
   authority.pem: its certificates, which you get from the authority itself, not from whoever gave you this
   pack, and put beside this folder. What the authority signed is proved, this head and the time; what else
   head.tsr holds, such as version numbers, is not.

    at=$(openssl ts -reply -in head.tsr -text 2> /dev/null | sed -n 's/^Time stamp: //p')
    openssl ts -verify -data head.txt -in head.tsr -CAfile ../authority.pem -untrusted ../authority.pem \
      -attime "$(date -d "$at" +%s)" || echo "BROKEN: head.tsr"
"""
_NO_STAMP = "There is no time stamp in this pack.\n"
_OF_A_SIDE = r"(before|after)/(body\.[a-z.]+|text(-read-anew)?\.txt|capture\.warc)"
_SKIP = '      [ -e "$alert" ] || continue\n'


_OTHERS = """\
    for folder in changes/*/; do
      id=$(basename "$folder")
      [ ! -e "$folder" ] || cat records/alerts-"$id"*.json > /dev/null || echo "BROKEN: $folder"
    done
"""


def steps(form: str, *, has_period: bool, has_stamp: bool) -> str:
    """The steps, one after the other, for a pack of this form (format.txt); an empty line at the end."""
    folder = "changes/$(basename $alert | cut -c 8-23)/" if has_period else ""
    root = r"(snapshots|period)\.json" if has_period else r"(alert|findings|snapshots)\.json"
    below = rf"changes/[0-9a-f]{{16}}/((alert|findings)\.json|{_OF_A_SIDE})" if has_period else _OF_A_SIDE
    return (
        _STEPS.replace("@ROOT", root)
        .replace("@FORM", form)
        .replace("@STAMPED", _STAMPED if has_stamp else _NO_STAMP)
        .replace("@STAMP", r"head\.tsr|" if has_stamp else "")
        .replace("@BELOW", below)
        .replace("@OTHERS", _OTHERS if has_period else "")
        .replace("@SKIP", _SKIP if has_period else "")
        .replace("@FOLDER", folder)
    )
