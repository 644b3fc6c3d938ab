desk-somebody = Alguien
desk-mentioned = Te mencionan
desk-new-message = Mensaje nuevo
desk-to-and-you = { $name } a { $others } y a ti
desk-name-in = { $name } en { $channel }
desk-do-not-disturb = No molestar
desk-quiet-until = En silencio hasta { $time }
desk-notifications = Notificaciones
desk-of-what = De qué se te avisa
desk-aside-notifications = de qué se te avisa
desk-nothing-shown = Ahora no se puede mostrar nada: { $reason }. Dialtone sigue intentándolo.
desk-show-hint = Mientras esta ventana está en segundo plano o hay otro canal abierto
desk-show = Mostrar notificaciones
desk-text-hint = Quién escribió, dónde y el texto: quien vea tu pantalla puede leerlo, y el escritorio puede guardarlo
desk-no-text-hint = Solo quién escribió y dónde; el texto se queda en esta ventana
desk-show-text = Mostrar lo que se escribió
desk-everything = Todo
desk-mentions = Menciones
desk-nothing = Nada
desk-every-message = Cada mensaje
desk-in-channels = En los canales
desk-in-direct = En las conversaciones directas
desk-mention-words = Una mención es tu nombre tras una @, o @everyone de un admin. El menú de un canal tiene una opción solo para ese canal.
desk-count-everywhere = Que esto valga en todas partes
desk-channels-own =
    { $count ->
        [one] Un canal tiene su propia opción.
       *[other] { $count } canales tienen su propia opción.
    }
desk-quiet-words = Mientras está activo no se muestra nada y las llamadas no hacen sonidos breves; a la gente la oyes como siempre.
desk-quiet-words-until = Mientras está activo no se muestra nada y las llamadas no hacen sonidos breves; a la gente la oyes como siempre. Termina a las { $time }.
desk-off = Desactivado
desk-for-hour = Una hora
desk-until-tomorrow = Hasta mañana
desk-on = Activado
desk-disturb-again = Dejar que me molesten otra vez
desk-quiet-hour = No molestar durante una hora
desk-quiet-tomorrow = No molestar hasta mañana
desk-tell-me-of = Avísame de
desk-as-settings =
    Como en los ajustes ({ $level ->
        [all] cada mensaje
        [mentions] menciones
       *[none] nada
    })
desk-desktop = Escritorio
desk-aside-desktop = bandeja, enlaces, ausencia
desk-tray = Bandeja
desk-starting = Inicio
desk-autostart-hint = Oculto en la bandeja, o minimizado donde no la hay
desk-autostart = Iniciar cuando entro en mi sesión
desk-links = Enlaces
desk-links-hint = Una invitación que pulsas en un navegador o un correo se muestra aquí, y no se entra en nada antes de que lo digas
desk-open-links = Abrir los enlaces dialtone con este programa
desk-being-away = Ausencia
desk-keep-in-tray = Seguir en la bandeja cuando se cierra la ventana
desk-keep-in-tray-hint = Sigues en tus llamadas y se te avisa de los mensajes; el menú de la bandeja vuelve a abrir la ventana y cierra Dialtone
desk-no-tray = { $reason }: cerrar la ventana cierra Dialtone.
desk-away-after = Ausente tras
desk-never-away = { $reason }, así que nunca cuentas como ausente.
desk-away-words = Cuando nadie ha tocado este ordenador en ese tiempo, cuentas como ausente, y los miembros lo ven.
desk-voice-meter-title = Medidor de voz de Dialtone
desk-pasted-picture = imagen pegada.png
tray-bus-unreachable = no se llega al bus de mensajes del escritorio ({ $error })
tray-bus-silent = el bus de mensajes del escritorio no responde
tray-bus-unusable = el bus de mensajes del escritorio no se puede usar ({ $error })
tray-bus-ended = el bus de mensajes del escritorio terminó
tray-nobody-offers = nadie en este escritorio ofrece { $service }
tray-refused = { $service } se negó ({ $error })
tray-cannot-ask = no se puede preguntar a { $service } ({ $error })
tray-silent = { $service } no responde
tray-idle-system = cuánto hace que nadie toca este ordenador no se pregunta aún en este sistema
tray-idle-desktop = este escritorio no dice cuánto hace que nadie toca el ordenador
tray-idle-x = el servidor X no dice cuánto hace que nadie toca el ordenador ({ $error })
tray-x-unasked = no se puede preguntar al servidor X ({ $error })
tray-file-long = el archivo es demasiado largo
tray-path = la ruta del programa no se puede escribir en una entrada del escritorio
tray-not-here = Dialtone no puede hacerlo aún en este sistema
tray-look-system = el sistema de ventanas lo dice él mismo
tray-no-notifications = Dialtone no muestra aún notificaciones en este sistema
tray-notifications-ended = las notificaciones del escritorio terminaron
tray-open = Abrir
tray-failed = falló dentro de Dialtone; el registro dice más
tray-no-thread = no se pudo iniciar ningún hilo: { $error }
tray-unread = { $count } sin leer
tray-call =
    { $state ->
        [deafened] en una llamada, sin sonido
        [muted] en una llamada, silenciado
       *[open] en una llamada
    }
tray-do-not-disturb = no molestar
tray-nothing-new = nada nuevo
tray-system = Dialtone no tiene aún sitio en la bandeja en este sistema
tray-none = este escritorio no muestra ninguna bandeja
tray-no-icon = el icono de la bandeja no se puede ofrecer ({ $error })
tray-show = Abrir Dialtone
tray-quit = Salir
