dispute-closed-subject = { $program }: a disputa de um pedido terminou
dispute-closed-title = A disputa de um pedido terminou
dispute-closed-won = O banco decidiu que o pagamento do pedido de { $day } vale. O que você ganhou com ele continua seu.
dispute-closed-lost = O comprador do pedido de { $day } recebeu o dinheiro de volta. O que você ganhou com ele é retirado, como em um reembolso.
