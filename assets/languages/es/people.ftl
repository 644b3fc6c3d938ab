people-channel-settings = Ajustes del canal
people-channel-settings-menu = Ajustes del canal…
people-channel-gone = Este canal ya no existe.
people-channel-open-words = Todos los miembros ven su nombre y su tema; el servidor no.
people-channel-private-words = Solo quien forma parte de él ve su nombre y su tema; el servidor no.
people-name = Nombre
people-topic = Tema
people-topic-hint = De qué trata
people-list-heading = Encabezado en la lista
people-list-heading-none = Ninguno
people-newcomers = Qué leen los nuevos
people-newcomers-all = Todo
people-newcomers-joining = Desde que entran
people-newcomers-hint = Vale desde ahora: quien tiene claves las conserva.
people-history = Historia de la comunidad
people-history-words = Cada cambio, firmado por quien lo hizo y comprobado por cada miembro. Su orden es seguro; cuándo se hizo cada uno no consta.
people-kind-everything = Todo
people-kind-people = Quién vino y se fue
people-kind-roles = Roles y voces
people-kind-devices = Dispositivos y claves de cuenta
people-kind-invites = Invitaciones
people-kind-keys = Claves de la comunidad
people-find = Buscar
people-find-hint = Un nombre, un canal, un número
people-what-is-shown = Qué se muestra
people-by-everybody = De todos y sobre todos
people-by-named = De { $name } y sobre { $name }
people-about-whom = Sobre quién
people-reading = Leyendo…
people-history-nothing = No hay nada así en la historia.
people-show-earlier = Mostrar anteriores
people-entry = Entrada { $number }
people-invites = Invitaciones
people-invites-words = Quien tiene un enlace así puede entrar hasta que se agote, venza o se retire. El enlace mismo no se guarda en ninguna parte.
people-new-invite = Nueva invitación
people-no-invite-open = Ahora no hay ninguna invitación abierta.
people-show-over =
    { $count ->
        [one] Mostrar la que ya no vale
       *[other] Mostrar las { $count } que ya no valen
    }
people-take-back-entry = Retirar la entrada { $number }
people-take-back = Retirar
people-invite-used = { $name } · { $used } de { $uses } usados
people-invite-open = Abierta hasta { $day }, { $time }
people-invite-used-up = Agotada
people-invite-expired = Vencida: { $day }
people-invite-void = Retirada, o quien la hizo ya no puede invitar
people-invite-state = { $state } · entrada { $number }
people-invite-state-admins = { $state } · hace admins · entrada { $number }
people-used-by = Usada por { $names }
people-used-by-more = Usada por { $names } y { $count } más
people-all-invites = Todas las invitaciones
people-link-as-code = El enlace como código QR
people-hide-code = Ocultar código
people-show-code = Ver como código
people-not-member = Ya no es miembro
people-not-member-words = La historia de la comunidad dice qué pasó.
people-what-they-did = Qué hizo aquí…
people-picture-of = Imagen de { $name }
people-is-here =
    { $role ->
        [member] Miembro
        [admin] Admin
       *[founder] Fundador
    } · { $here }
people-alike-before = Otro miembro, { $like }, tiene casi el mismo nombre y estaba aquí antes.
people-alike = Otro miembro tiene casi el mismo nombre: { $like }
people-alike-row = un nombre como otro
people-trust-entry = { $trust } Entrada { $number }.
people-compared = Habéis comparado palabras de seguridad, y la clave sigue siendo la misma.
people-not-compared = No has comparado palabras de seguridad con esta persona.
people-muted-for-all = Silenciado para todos por un admin.
people-heard-first = Se oye antes que otras voces.
people-you-ignore = Ignoras a esta persona, en este ordenador.
people-devices =
    { $count ->
        [0] Ningún dispositivo que pueda leer aquí.
        [one] Un dispositivo, añadido con la entrada { $entries }.
       *[other] { $count } dispositivos, añadidos con las entradas { $entries }.
    }
people-change-name = Cambiar tu nombre
people-name-here = Tu nombre aquí
people-name-words = Todos en esta comunidad lo ven. Sigues entrando con el nombre que registraste.
people-password-title = Cambiar tu contraseña en { $name }
people-password-words = Demuestra al servidor quién eres. Si también abre las claves de este ordenador, esa cambia también. Tus otros dispositivos conservan la contraseña de sus propias claves.
people-password-old = Contraseña hasta ahora
people-password-new = Nueva contraseña
people-password-again = Nueva contraseña otra vez
people-password-differs = No es la misma que arriba.
people-password-hint = Al menos ocho caracteres. Nadie puede restablecerla, ni siquiera el servidor.
people-change = Cambiar
people-change-password = Cambiar contraseña…
people-export-title = Llevarte tu historial de { $name }
people-export-button = Llevarte tu historial de { $name }…
people-export-words = Cada canal que puedes leer se escribe en una carpeta nueva entre tus descargas: un texto para leer, líneas en JSON para programas y los archivos que están en este ordenador.
people-export-warning = Lo que se escribe no va sellado: quien llegue a la carpeta lo lee todo.
people-export-begin = Escribirlo
people-export-written =
    { $messages ->
        [one] 1 mensaje
       *[other] { $messages } mensajes
    } y { $files ->
        [one] 1 archivo
       *[other] { $files } archivos
    }
people-export-working = Escribiendo: { $written } por ahora.
people-export-done = { $written } están en { $folder }.
people-export-stopped = Detenido: { $written } están en { $folder }.
people-export-failed = No llegó al final después de { $written }: { $why }.
people-wipe-title = ¿Borrar este ordenador?
people-wipe-words = Aquí se borran claves, historial, archivos y ajustes de todas las comunidades. Tus cuentas siguen en sus servidores: vuelves con otro dispositivo o con tu clave de recuperación; si no, se pierden. Lo que guardaste en otro sitio se queda. No se puede deshacer.
people-wipe-type = Escribe «{ $words }» para seguir
people-wipe = Borrar
people-wipe-button = Borrar este ordenador…
people-remove-why = Por qué (lo leen esa persona y todos los miembros)
people-remove-why-hint = No tienes que dar un motivo
people-ignore = Ignorar
people-listen-to-them = Volver a escuchar
people-ignored-row = ignorado
people-profile = Perfil…
people-ignored-messages =
    { $count ->
        [one] 1 mensaje de { $name }, a quien ignoras
       *[other] { $count } mensajes de { $name }, a quien ignoras
    }
people-show-anyway = Mostrar igualmente
people-ignored-in = Personas a las que ignoras en { $community }
people-listen-to-named = Volver a escuchar a { $name }
people-listen-again = Volver a escuchar
people-ignored-words = Esto se queda en este ordenador; no se les avisa.
people-lock-away = Bloquear cuando no hay nadie
people-lock-away-words = Tras ese tiempo sin teclado ni ratón en esta ventana; no mientras estás en una llamada.
people-minutes = { $minutes } min
people-never = Nunca
people-along-and-wipe = Llevarse y borrar
line-slash-a-channel = canal
line-slash-a-person = persona
line-slash-a-name = nombre
line-slash-a-path = ruta
