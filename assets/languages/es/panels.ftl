panel-nothing-sent = Aquí no se envía nada: { $alarm }
panel-begin-anew = Empezar de nuevo…
panel-new-device = Un dispositivo nuevo pide que lo añadas a tu cuenta.
panel-you-knocked = Has llamado. Un admin de esta comunidad te deja entrar; mientras tanto puedes cerrar la ventana.
panel-cannot-open = No se puede abrir esta comunidad: { $reason }
panel-write-key = Apunta tu clave de recuperación: sin ella, un ordenador perdido es una cuenta perdida.
panel-show-it = Mostrarla
panel-people-wait =
    { $count ->
        [one] Alguien espera para entrar.
       *[other] { $count } personas esperan para entrar.
    }
panel-retry-now = Se intenta otra vez ahora.
panel-retry-seconds =
    { $seconds ->
        [one] Se intenta otra vez en 1 segundo.
       *[other] Se intenta otra vez en { $seconds } segundos.
    }
panel-retry-minutes = Se intenta otra vez en { $minutes } minutos.
panel-not-connected = Sin conexión: { $reason }. { $next }
panel-dismiss = Descartar
panel-choose-files = Elegir archivos para enviar
panel-choose-portrait = Elegir una imagen tuya
panel-pictures = Imágenes
panel-no-file-dialog = No se abrió ningún diálogo de archivos: suelta archivos aquí o escribe /file y una ruta
panel-no-dialog = No se abrió ningún diálogo de archivos. Instala zenity, o xdg-desktop-portal con la parte para tu escritorio, y vuelve a intentarlo.
panel-messages = Mensajes
panel-show-channels = Mostrar los canales
panel-show-members = Mostrar los miembros
panel-only-you-two = solo lo leéis vosotros dos
panel-people-read =
    { $count ->
        [one] solo tú lees esto
       *[other] { $count } personas leen esto
    }
panel-channel-menu = Menú del canal
panel-waiting-in = Esperando para entrar
panel-admin-sees = Un admin ve que has llamado. Avísale si puedes por otro medio.
panel-first-channel = Crea el primer canal
panel-first-channel-words = En los canales se escribe y se habla. Puedes cambiarles el nombre y borrarlos después.
panel-nothing-yet = Todavía no hay nada
panel-admin-makes-first = Un admin crea el primer canal; aparece aquí por sí solo.
panel-nothing-shown = No se puede mostrar nada
panel-unusable-words = Lo que este dispositivo guarda de la comunidad no se puede usar. La línea de arriba dice qué hacer.
panel-opening = Abriendo
panel-takes-a-moment = Tarda un momento.
panel-fetching-channels = Obteniendo los canales
panel-your-fingerprint = Tu huella: { $fingerprint }
panel-same-fingerprint = El admin ve la misma, si nadie se puso en medio.
panel-make-channel = Crear un canal
panel-invite-people = Invitar a gente
panel-create-channel = Crear canal
panel-unopenable = No se puede abrir
panel-connecting = Conectando
panel-catching-up = Poniéndose al día
panel-offline = Sin conexión
panel-no-member = Ya no eres miembro
panel-unnamed = nombre aún desconocido
panel-channels-let-in = Los canales aparecen aquí cuando te dejen entrar.
panel-channels-fetched = Los canales aparecen aquí cuando se hayan obtenido.
panel-no-channels-make = Todavía no hay canales. Crea el primero.
panel-no-channels = Todavía no hay canales. Los crea un admin.
panel-let-read-all = Dejar que los nuevos lo lean todo
panel-read-from-now = Los nuevos leen desde ahora
panel-add-people = Añadir gente…
panel-leave-channel = Salir del canal…
panel-delete-channel = Borrar el canal
panel-direct = Directos
panel-kind-private = privado
panel-kind-online = en línea
panel-kind-away = ausente
panel-kind-offline = sin conexión
panel-kind-conversation = conversación
panel-kind-quiet = notificaciones desactivadas
panel-unread = { $unread } sin leer
panel-in-conversation = En esta conversación
panel-in-channel = En este canal
panel-admin = admin
panel-founder = fundador
panel-offline-members = Sin conexión
panel-wait =
    { $count ->
        [one] 1 espera para entrar
       *[other] { $count } esperan para entrar
    }
panel-verified = verificado
panel-message-them = Mensaje
panel-compare-words = Comparar las palabras de seguridad…
panel-take-out-of-channel = Sacar de este canal
panel-make-admin = Hacer admin
panel-make-member = Hacer miembro normal
panel-make-founder = Hacer fundador…
panel-remove-them = Expulsar…
panel-leave-community = Salir de la comunidad…
panel-join-another = Unirse a otra comunidad
panel-search-messages = Buscar mensajes
panel-mention-you = { $count } te mencionan
panel-filter-from = quién lo escribió
panel-filter-in = el canal
panel-filter-before = un día, como 2026-11-22
panel-filter-day = un día
panel-filter-link = con un enlace
panel-filter-file = con un archivo
panel-filter-picture = con una imagen
panel-close-named = Cerrar { $name }
panel-search-hint = Palabras, o from: in: before: has:
panel-reading-older = Leyendo mensajes más antiguos, { $percent } %
panel-narrow = Todas las palabras deben estar en un mensaje. Estos lo acotan:
panel-show-more = Mostrar más
panel-found-in = { $name } en { $place }, { $time }: { $words }
panel-found-files =
    { $count ->
        [one] 1 archivo
       *[other] { $count } archivos
    }
panel-search = Buscar
panel-found-nothing = No se encontró nada.
panel-pinned = Mensajes fijados
panel-nothing-pinned = Aquí no hay nada fijado. El menú de un mensaje lo fija.
panel-undeafen = Activar el sonido
panel-show-quality = Mostrar la calidad de la llamada
panel-go-to = Ir a un canal o a una persona
panel-show-pinned = Mostrar los mensajes fijados
panel-go-to-day = Ir a un día
panel-create-a-channel = Crear un canal
panel-see-who-waits = Ver quién espera para entrar
panel-settings-meter = Ajustes: medidor de voz
panel-settings-audio = Ajustes: sonido
panel-settings-talking = Ajustes: hablar
panel-settings-look = Ajustes: apariencia
panel-settings-keyboard = Ajustes: teclado
panel-settings-device = Ajustes: este dispositivo
panel-dark-colours = Colores oscuros
panel-light-colours = Colores claros
panel-system-colours = Colores como el sistema
panel-let-move = Dejar que las cosas se muevan
