dispute-opened-subject = { $program } : une de vos commandes est contestée
dispute-opened-title = Une de vos commandes est contestée
dispute-opened-lead = L’acheteur conteste le paiement d’une commande du { $day } qui vous a été attribuée. Tant que la banque n’a pas tranché, ce que vous avez gagné avec elle reste en attente.
