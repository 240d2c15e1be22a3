details-changed-subject = { $program } : vos coordonnées de paiement ont changé
details-changed-title = Vos coordonnées de paiement ont changé
details-changed-lead = Désormais, nous vous versons vos gains sur { $account }.
details-changed-to-do = Si vous ne l’avez pas demandé, prévenez-nous tout de suite, avant le prochain versement.
