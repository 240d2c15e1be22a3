payout-skipped-subject = { $program } : pourquoi vous n’êtes pas dans ce versement
payout-skipped-title = Vous n’êtes pas dans ce versement
payout-skipped-below = Vous avez { $amount } à votre crédit. Nous versons à partir de { $minimum } ; il manque { $missing }. Ce montant reste à vous et est reporté sur le prochain versement.
payout-skipped-details = Vous avez { $amount } à votre crédit, mais nous n’avons pas de coordonnées de paiement pour vous les verser.
payout-skipped-details-to-do = Envoyez-nous vos coordonnées de paiement. Votre avoir est versé avec le versement suivant.
payout-skipped-tax = Vous avez { $amount } à votre crédit, mais il manque un formulaire fiscal de votre part.
payout-skipped-tax-to-do = Envoyez-nous le formulaire fiscal. Votre avoir est versé avec le versement suivant.
payout-skipped-review = Vous avez { $amount } à votre crédit ; nous vérifions ce montant avant de le verser et vous contactons si nous avons besoin de quelque chose.
