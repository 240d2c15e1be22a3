invited-subject = { $program }: te damos la bienvenida
invited-title = Te damos la bienvenida a { $program }
invited-lead = Ya formas parte de nuestro programa de creadores. Los pedidos que lleguen por tus enlaces y códigos se te atribuyen.
invited-monthly = Cada mes recibirás un extracto con lo que has ganado y lo que se te pagará.
