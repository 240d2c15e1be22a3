code-issued-subject = { $program }: new for you: { $names }
code-issued-title = New for you
code-issued-lead = These are now yours. Orders that come through them are credited to you.
code-issued-codes = Codes
code-issued-links = Links
