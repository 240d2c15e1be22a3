terms-changed-subject = { $program }: suas condições mudam
terms-changed-title = Suas condições mudam
terms-changed-after = As demais condições continuam iguais. Seu próximo extrato traz todas elas.
