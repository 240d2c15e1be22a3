code-issued-subject = { $program }: new for you: { $names }
code-issued-title = New for you
code-issued-lead = These are yours from now on. Orders that they bring are credited to you.
code-issued-codes = Codes
code-issued-links = Links
