terms-changed-subject = { $program }: cambian tus condiciones
terms-changed-title = Cambian tus condiciones
terms-changed-after = Las demás condiciones siguen igual. Tu próximo extracto las incluye todas.
