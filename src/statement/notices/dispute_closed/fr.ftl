dispute-closed-subject = { $program } : le litige d’une commande est clos
dispute-closed-title = Le litige d’une commande est clos
dispute-closed-won = La banque a décidé que le paiement de la commande du { $day } est maintenu. Ce que vous avez gagné avec elle vous reste acquis.
dispute-closed-lost = L’acheteur de la commande du { $day } a récupéré son argent. Ce que vous avez gagné avec elle est repris, comme pour un remboursement.
