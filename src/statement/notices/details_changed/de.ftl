details-changed-subject = { $program }: deine Zahlungsdaten wurden geändert
details-changed-title = Deine Zahlungsdaten wurden geändert
details-changed-lead = Ab jetzt zahlen wir dir auf { $account }.
details-changed-to-do = Wenn das nicht von dir kam, sag uns sofort Bescheid, vor der nächsten Auszahlung.
