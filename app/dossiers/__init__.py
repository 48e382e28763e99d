"""The dossier: all that is known of one organization in a period, with the evidence for each word of it.

    the store ─► gathering.py ─► Dossier ─► writing.py ─► Paper ─► HTML, PDF, XLSX   (app/papers)
                     │              └─────► json.py ──► JSON, schema pledgewatch.dossier/1
                     └─ citing.py: every quote gets a number, and is looked up in its snapshot again

A dossier holds no time at which it was made: the same store and period give the same bytes.
"""
