payout-failed-subject = { $program }: um pagamento de { $amount } falhou
payout-failed-title = Um pagamento a você falhou
payout-failed-lead = Nosso pagamento de { $amount } não foi feito: seu banco ou provedor não o aceitou.
payout-failed-returned = Nosso pagamento de { $amount } voltou para nós em { $day }.
payout-failed-to-do = Confira se os seus dados de pagamento estão certos e avise se mudaram. Nada se perde: o valor está de novo a seu crédito para o próximo pagamento.
