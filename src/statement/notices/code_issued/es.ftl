code-issued-subject = { $program }: nuevo para ti: { $names }
code-issued-title = Nuevo para ti
code-issued-lead = Son tuyos a partir de ahora. Los pedidos que traigan se te atribuyen.
code-issued-codes = Códigos
code-issued-links = Enlaces
