"""Evidence packs: what anyone needs to check a change, or a period, with standard tools alone.

    format.txt                     which form the pack has; what a form holds never changes
    alert.json findings.json       the change as webhooks carry it; in a pack of a period in changes/<id>/
    before/ after/                 body.*: the bytes as captured; text.txt: what we read in them; capture.warc
    snapshots.json                 every fetch that belongs to it, and what was made of each
    records/<table>-<key>.json     rows as stored: the SHA-256 of the file is what the chain holds
    chain.tsv head.txt             the links from the first of these records to the head, and the head
    head.tsr                       a time stamp of the head (RFC 3161), where there is one
    METHOD.txt CERTIFICATE-DRAFT.txt README.txt SHA256SUMS

Only records, chain, bodies, texts and time stamp stand by themselves (source.py); all else follows from them
(contents.py), so that whoever checks a pack writes it once more and compares (checking.py). The same store
gives the same bytes: no time of export, no order by chance, nothing compressed. Nothing in it has a name that
a desktop would run, and no captured page has one that a browser would open.
"""

from app.evidence.contents import packed, suffix
from app.evidence.gathering import gathered

__all__ = ["gathered", "packed", "suffix"]
