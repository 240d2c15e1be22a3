tier-reached-subject = { $program }: you have reached { $percent }
tier-reached-title = You have reached { $percent }
