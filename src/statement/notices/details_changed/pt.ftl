details-changed-subject = { $program }: seus dados de pagamento mudaram
details-changed-title = Seus dados de pagamento mudaram
details-changed-lead = A partir de agora, pagamos a você em { $account }.
details-changed-to-do = Se você não pediu isso, avise imediatamente, antes do próximo pagamento.
