terms-changed-subject = { $program } : vos conditions changent
terms-changed-title = Vos conditions changent
terms-changed-after = Toutes les autres conditions restent inchangées. Votre prochain relevé les reprend toutes.
