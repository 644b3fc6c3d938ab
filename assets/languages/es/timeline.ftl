line-unconfirmed = Ningún mensaje posterior garantiza aún su lugar: hasta entonces solo el servidor dice que no falta nada antes.
line-message-from = Mensaje de { $name }, { $time }
line-add-reaction = Añadir reacción
line-add-reaction-key = Añadir una reacción (+)
line-reply = Responder
line-reply-key = Responder (R)
line-edit-message = Editar el mensaje
line-edit-key = Editar (E)
line-more = Más
line-more-key = Más (M)
line-menu-reaction = Añadir reacción…
line-menu-reply = Responder a este
line-menu-edit = Editar
line-take-pin-off = Desfijar
line-pin = Fijar
line-menu-versions = Mostrar versiones anteriores
line-copy-text = Copiar el texto
line-copy-link-to = Copiar el enlace a { $host }
line-menu-delete = Borrar…
line-leads-to = Lleva a { $host }
line-copy-code = Copiar el código
line-new-since = Nuevo desde las { $time }
line-clocks-differ = El reloj de { $name } dice { $theirs }; el del servidor, { $server }
line-picture-named = Imagen { $name }, { $size }
line-being-fetched = { $name }, obteniéndose
line-save-named = Guardar { $name }
line-press-again = { $why } Pulsa para intentarlo de nuevo.
line-more-for = Más para { $name }
line-delete-file = Borrar del servidor…
line-file-about = Archivo { $name }, { $words }
line-stop-fetching = Dejar de obtener { $name }
line-try-save-again = Intentar guardar { $name } de nuevo
line-so-far = { $done } de { $total }
line-percent = { $share } por ciento
line-sending = Enviando
line-waiting-to-send = Esperando para enviarse
line-writes = { $name } escribe: { $words }
line-sends = { $name } envía: { $words }
line-messages-wait = { $count } mensajes: { $why }
line-somebody = alguien
line-claims-from = Se rechazó un mensaje que dice ser de { $from }: { $why }
line-beginning-with = Este es el principio de tu conversación con { $name }
line-beginning-of = Este es el principio de { $name }
line-readable-two = Nadie más lee lo que se dice aquí: ni otros miembros ni el servidor.
line-readable-private-since = Solo pueden leerlo las personas de este canal, cada una desde que se unió; otros miembros y el servidor, no.
line-readable-private = Solo pueden leerlo las personas de este canal; otros miembros y el servidor, no.
line-readable-since = Cada miembro lee lo que se dice desde que se unió; el servidor no puede leer nada.
line-readable = Lo que se dice aquí solo lo pueden leer los miembros; el servidor no puede leerlo.
line-fetching-earlier = Obteniendo mensajes anteriores
line-show-earlier = Mostrar mensajes anteriores
line-fetching-later = Obteniendo mensajes posteriores
line-show-later = Mostrar mensajes posteriores
line-only-you-see = Solo tú ves esto
line-files-count =
    { $count ->
        [one] un archivo
       *[other] { $count } archivos
    }
line-a-deleted = un mensaje borrado
line-not-here = un mensaje que no está aquí
line-answer-to = Respuesta a { $from }: { $words }
line-you = tú
line-left-somebody = alguien que se fue
line-more-names = { $count } más
line-names-and = { $names } y { $last }
line-another-reaction = Añadir otra reacción
line-edited-show = Editado: mostrar versiones anteriores
line-show-before = Mostrar qué decía antes
line-name-deleted = { $name } borró este mensaje
line-deleted = Mensaje borrado
line-to-latest = Ir a lo último
line-new-messages =
    { $count ->
        [one] 1 mensaje nuevo
       *[other] { $count } mensajes nuevos
    }
line-to-unread = Ir al primero sin leer
line-drop-files =
    { $count ->
        [one] Suelta para enviarlo: { $name }
       *[other] Suelta para enviar { $count } archivos: { $name }
    }
line-attached = Adjunto: { $name }
line-take-off = Quitar { $name }
line-too-many-files = { $count } archivos: un mensaje lleva { $most } como mucho; quita algunos y envíalos después.
line-too-long = Sobran { $over } bytes: acórtalo o envíalo en partes. Se queda aquí.
line-bytes-left = quedan { $left } bytes
line-attach = Adjuntar archivos
line-attach-hint = Adjuntar archivos; también puedes soltarlos o pegarlos
line-choose-emoji = Elegir un emoji
line-send = Enviar
line-send-key = Enviar (Enter)
line-further-up = un mensaje más arriba
line-editing = Editando tu mensaje
line-replying = Respondiendo a
line-replying-to = Respondiendo a { $name }
line-stop-editing = Dejar de editar
line-do-not-reply = No responder
line-settle-first = No se envía nada hasta que se aclare la advertencia de arriba
line-no-member = Ya no eres miembro aquí
line-once-let-in = Podrás escribir cuando un admin te deje entrar
line-message-to = Mensaje a { $channel }
line-preparing = Preparando los archivos para enviarlos
line-when-back = Lo que escribas se envía cuando vuelva el servidor
line-one-writes = { $one } está escribiendo…
line-two-write = { $one } y { $two } están escribiendo…
line-several-write = Varias personas están escribiendo…
line-slash-help = Qué se puede escribir aquí
line-slash-list = Todos los canales
line-slash-join = Abrir un canal
line-slash-message = Abrir la conversación con alguien
line-slash-create = Crear un canal para todos
line-slash-private = Crear un canal privado
line-slash-add = Añadir a alguien a este canal privado
line-slash-leave = Salir de este canal privado
line-slash-rename = Dar otro nombre a este canal
line-slash-delete = Borrar un canal
line-slash-file = Enviar un archivo
line-slash-picture = Mostrar a los demás otra imagen tuya
line-slash-voice-join = Unirse a la llamada de este canal
line-slash-voice-leave = Salir de la llamada
line-slash-mute = Dejar de enviar tu voz
line-slash-unmute = Enviar tu voz de nuevo
line-slash-invite = Crear un enlace de invitación
line-slash-reset = Empezar de nuevo las claves de este canal, si están rotas
line-slash-clear = Quitar una advertencia sobre el servidor
