payout-failed-subject = { $program } : un versement de { $amount } a échoué
payout-failed-title = Un versement a échoué
payout-failed-lead = Notre versement de { $amount } n’a pas pu être effectué : votre banque ou prestataire ne l’a pas accepté.
payout-failed-returned = Notre versement de { $amount } nous est revenu le { $day }.
payout-failed-to-do = Vérifiez que vos coordonnées de paiement sont exactes, et dites-nous si elles ont changé. Rien n’est perdu : le montant est de nouveau à votre crédit pour le prochain versement.
