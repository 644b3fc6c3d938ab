engine-sent-files =
    { $count ->
        [one] Envió un archivo.
       *[other] Envió { $count } archivos.
    }
engine-slash-help =
    /help – esta lista
    /list – los canales
    /join NOMBRE – abrir un canal
    /message PERSONA – abrir la conversación con alguien
    /channel create NOMBRE – crear un canal para todos (admins)
    /channel private NOMBRE – crear un canal privado
    /channel add PERSONA – añadir a alguien a este canal privado
    /channel leave – dejar este canal privado
    /channel rename NOMBRE – cambiar el nombre de este canal
    /channel delete NOMBRE – eliminar el canal de ese nombre
    /file RUTA – enviar un archivo
    /picture RUTA, /picture none – mostrar a los demás otra imagen tuya, o ninguna
    /voice join, /voice leave – la llamada de este canal
    /voice mute, /voice unmute – tu micrófono
    /server invite – crear un enlace de invitación (admins)
    /group reset – empezar de nuevo las claves de este canal, cuando están rotas (sus admins; en los canales abiertos, los de la comunidad)
    /warning clear { $words } – quitar una advertencia sobre el servidor
    Empieza con // para escribir un mensaje que empiece con una barra.
engine-slash-voice = Escribe /voice join, leave, mute o unmute.
engine-slash-write = Escribe { $command }.
engine-slash-unknown = No hay ningún comando /{ $command }. Escribe /help para ver la lista, o // para un mensaje que empiece con una barra.
engine-slash-channel = Escribe /channel create, private, add, rename o delete, y un nombre; o /channel leave.
engine-slash-name-missing =
    Falta un nombre: { $command } { $what ->
        [person] PERSONA
        [path] RUTA
        [picture] RUTA, o /picture none
       *[name] NOMBRE
    }.
engine-alarm-words = He comparado con los demás
engine-wipe-word = borrar
engine-link-again = Estás entrando en una comunidad ahora mismo; cuando acabe, abre el enlace otra vez.
engine-not-set-right = Lo que este ordenador guarda de una comunidad no se pudo poner en orden: { $error }
engine-keys-busy-password = Ahora mismo se está haciendo algo con las claves; cuando acabe, cambia la contraseña.
engine-password-both = La contraseña está cambiada; la nueva abre también las claves de este ordenador.
engine-password-account = La contraseña de esta cuenta está cambiada. Las claves de este ordenador se abren con otra, como antes.
engine-password-failed = La contraseña no se cambió: { $reason }
engine-password-half = el servidor tiene la nueva, pero las claves de este ordenador se abren con la anterior ({ $error }).
engine-password-short =
    { $least ->
        [one] elige una contraseña de al menos { $least } carácter
       *[other] elige una contraseña de al menos { $least } caracteres
    }
engine-password-no-answer = la conexión terminó mientras el servidor tomaba la nueva contraseña: una de las dos vale; intenta cambiarla otra vez con una u otra
engine-account-unsure = Aún no se sabe si tu nueva cuenta { $name } se creó: { $reason }
engine-wipe-other-word = No se borró nada: la palabra que hay que escribir es «{ $word }».
engine-wipe-busy = Ahora mismo se está haciendo algo con las claves; cuando acabe, borra.
engine-wipe-keys-stay = No se borró nada: las claves no se pudieron borrar ({ $error }).
engine-wiped = Este ordenador ha olvidado todo lo de Dialtone.
engine-wiped-part = Las claves ya no están, pero algunos archivos que solo ellas abren no se pudieron borrar: { $error }
engine-export-deleted = (eliminado)
engine-export-not-here = no está en este ordenador
engine-file-changed = cambió mientras se leía
engine-row-changed = una fila del historial local se cambió o es de otro perfil ({ $table })
engine-history-unusable = el historial local en { $path } no se puede usar: { $reason }
engine-server-answered = el servidor respondió { $status }
engine-more-bytes = más de { $limit } bytes
engine-no-host-name = el nombre del servidor no es un nombre de host
engine-no-tls-key = sin clave TLS
engine-session-ended = la sesión ha terminado
engine-settings-aside = El archivo antiguo es { $path }.
engine-settings-lost = El archivo antiguo no se pudo conservar: { $error }.
engine-no-such-invite = No existe esa invitación.
engine-invite-dead = Ya nadie puede usar esta invitación.
engine-invite-not-yours = Solo quien hizo esta invitación, o alguien de mayor rango, puede retirarla.
engine-valid-name = Un nombre tiene de uno a 64 caracteres visibles, en una línea.
engine-valid-topic = Un tema tiene como mucho 256 caracteres, en una línea.
engine-valid-heading = Un encabezado tiene como mucho { $most } caracteres visibles.
engine-fork =
    { $what ->
        [signal] Una señal
       *[message] Un mensaje
    } va con otra clave que la de la comunidad en aquel momento: quizá el servidor separa a la gente. No se envía nada más; compara con los demás por otro medio.
engine-linux-computer = Ordenador Linux
engine-windows-computer = Ordenador Windows
engine-computer = Ordenador
engine-not-opened = no se pudo abrir
engine-no-downloads = no hay carpeta de descargas; elige otro lugar
engine-no-picture = no es una imagen que se pueda mostrar aquí
engine-cannot-read = no se puede leer
engine-choose-picture = elige un archivo de imagen
engine-choose-small-picture = elige un archivo de imagen de 64 MiB como mucho
engine-gap-online = no se dijo quién está conectado
engine-gap-list = la lista de miembros tiene un hueco
engine-gap-own = el orden de los mensajes propios
engine-gap-cleared = se quitó una advertencia
engine-gap-channel = un canal tiene un hueco
engine-gap-unreadable = un suceso no se puede leer
engine-gap-before-list = un suceso llegó antes que la lista de miembros
engine-gap-longer-list = un suceso nombra una lista de miembros más larga
engine-gap-commit-list = un cambio de claves nombra una lista de miembros más larga
engine-gap-commit = falta un cambio de claves
engine-group-broke =
    El grupo de claves de la comunidad { $what ->
        [clean] no se puede limpiar
        [create] no se pudo crear
        [again] no se pudo volver a hacer
       *[enter] no deja entrar
    }: { $error }. No se envía nada; un admin puede empezar de nuevo el grupo con /group reset.
engine-conversation-broke =
    Las claves de esta conversación { $what ->
        [clean] no se pueden limpiar
        [create] no se pudieron crear
        [again] no se pudieron volver a hacer
       *[enter] no dejan entrar
    }: { $error }. Aquí no se envía nada; quien se ocupa de ella puede empezarlas de nuevo con /group reset.
engine-commit-breaks-rules = El servidor pasó un cambio de las claves del grupo que va contra las reglas: { $rule }. No se envía nada más.
engine-why-taken-out = alguien te sacó, o lo dejaste en otro dispositivo.
engine-why-left-out = quien empezó de nuevo sus claves te dejó fuera, o alguien te sacó.
engine-why-hidden = el servidor dice que alguien te sacó, o que lo dejaste en otro dispositivo. Si nadie lo hizo, lo oculta: díselo a los demás.
engine-not-in = Ya no estás en { $name }: { $why }
engine-other-people = El servidor muestra en esta conversación a otras personas que aquellas entre las que es. Aquí no se envía nada; díselo a los demás.
engine-wrongly-reset = { $name } empezó de nuevo las claves de esta conversación sin poder hacerlo. Aquí no se envía nada más; hazla de nuevo y díselo a los demás.
engine-who-came = En { $channel } desde que este dispositivo estuvo por última vez: { $names }.
engine-newer-version = Un mensaje de un tipo que esta versión no conoce
engine-community-damaged = el historial local de una comunidad está dañado ({ $error }); mueve su archivo y empieza de nuevo: los miembros vuelven a compartir las claves
engine-other-community = el historial local contiene la lista de miembros de otra comunidad que aquella en la que entraste; no se envía nada. Mueve su archivo y pregunta a quien te invitó, por otro medio, qué ha pasado
engine-older-recovery = El servidor te dio un archivo de recuperación más antiguo (número { $came }) que el que tus dispositivos habían enviado (número { $sent }): quizá falten claves de algunos mensajes hasta que otros miembros las compartan. Díselo a los demás; quizá el servidor oculta cosas.
engine-does-not-follow = lo que envió el servidor no encaja ({ $what }); se empieza de nuevo desde lo que hay aquí
engine-connecting-anew = conectando de nuevo
engine-slept = conectando de nuevo, porque este ordenador estaba suspendido
engine-removed = expulsado de la comunidad
engine-stopped = detenido
engine-keeps-not-following = El servidor sigue enviando cosas que no encajan ({ $what }). No se envía nada más; pregunta a los demás, por otro medio, si ven lo mismo.
engine-other-list = el servidor muestra otra lista de miembros que la que este ordenador tiene de la comunidad; no sigas, y pregunta a los demás, por otro medio, si ven lo mismo
engine-part-failed = una parte del programa falló, y es culpa nuestra; por favor, avisa. Se inicia de nuevo
engine-not-asked = No se preguntó a { $community }: { $reason }
engine-empty-list = una lista vacía
engine-export-files = { $channel } archivos
engine-size =
    { $value } { $unit ->
        [k] KiB
        [m] MiB
        [g] GiB
        [t] TiB
        [p] PiB
       *[e] EiB
    }
