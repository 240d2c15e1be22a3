tier-reached-subject = { $program }: du hast { $percent } erreicht
tier-reached-title = Du hast { $percent } erreicht
