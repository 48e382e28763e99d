"""Papers: what is written for people to read and forward, as HTML, PDF, XLSX, DOCX and Markdown.

    a dossier, a portfolio, a letter ─► Paper ─► one file of each kind

A paper is a value that knows no format; whoever writes one never thinks of tags, cells or pages.
"""
