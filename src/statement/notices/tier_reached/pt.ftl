tier-reached-subject = { $program }: você chegou a { $percent }
tier-reached-title = Você chegou a { $percent }
