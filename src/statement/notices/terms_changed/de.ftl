terms-changed-subject = { $program }: deine Konditionen ändern sich
terms-changed-title = Deine Konditionen ändern sich
terms-changed-after = Alle anderen Konditionen bleiben, wie sie sind. Deine nächste Abrechnung nennt sie alle.
