dispute-opened-subject = { $program }: um pedido seu está em disputa
dispute-opened-title = Um pedido seu está em disputa
dispute-opened-lead = O comprador contesta o pagamento de um pedido de { $day } creditado a você. Até o banco decidir, o que você ganhou com ele fica retido.
