payout-sent-subject = { $program }: te hemos pagado { $amount }
payout-sent-title = Te hemos pagado { $amount }
payout-sent-lead = Te pagamos { $amount } el { $day }. Según tu banco, puede tardar unos días en llegar.
