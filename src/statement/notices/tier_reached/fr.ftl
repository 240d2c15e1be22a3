tier-reached-subject = { $program } : vous avez atteint { $percent }
tier-reached-title = Vous avez atteint { $percent }
