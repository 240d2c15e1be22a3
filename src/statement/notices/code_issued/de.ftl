code-issued-subject = { $program }: neu für dich: { $names }
code-issued-title = Neu für dich
code-issued-lead = Sie gehören ab jetzt dir. Bestellungen, die sie bringen, werden dir gutgeschrieben.
code-issued-codes = Codes
code-issued-links = Links
