code-issued-subject = { $program } : nouveau pour vous : { $names }
code-issued-title = Nouveau pour vous
code-issued-lead = Ils sont à vous désormais. Les commandes qu’ils apportent vous sont attribuées.
code-issued-codes = Codes
code-issued-links = Liens
