code-issued-subject = { $program }: novo para você: { $names }
code-issued-title = Novo para você
code-issued-lead = São seus a partir de agora. Os pedidos que eles trouxerem são creditados a você.
code-issued-codes = Códigos
code-issued-links = Links
