tier-reached-subject = { $program }: has llegado al { $percent }
tier-reached-title = Has llegado al { $percent }
