invited-subject = { $program }: boas-vindas
invited-title = Boas-vindas ao { $program }
invited-lead = Agora você faz parte do nosso programa de criadores. Os pedidos feitos pelos seus links e códigos são creditados a você.
invited-monthly = Todo mês você recebe um extrato do que ganhou e do que será pago.
