span-seconds = { $count ->
    [one] 1 segundo
   *[other] { $count } segundos
}
span-minutes = { $count ->
    [one] 1 minuto
   *[other] { $count } minutos
}
span-hours = { $count ->
    [one] 1 hora
   *[other] { $count } horas
}
span-days = { $count ->
    [one] 1 día
   *[other] { $count } días
}
span-weeks = { $count ->
    [one] 1 semana
   *[other] { $count } semanas
}
rules-writing = Quién escribe
rules-everyone = Todos
rules-admins = Solo admins
rules-writing-hint = Todos pueden seguir reaccionando y retirar lo que escribieron.
rules-speaking = Quién habla en sus llamadas
rules-speaking-hint = Todos pueden seguir escuchando.
rules-pause = Pausa entre los mensajes de un miembro
rules-pause-none = Ninguna
rules-pause-hint = El servidor la hace cumplir. Los admins no tienen pausa.
line-admins-write = En este canal solo escriben admins. Puedes reaccionar a lo que escriben.
line-pause = Este canal tiene una pausa entre mensajes. Podrás enviar el siguiente en { $rest }.
voice-admins-speak = En las llamadas de este canal solo hablan admins. Puedes escuchar.
notice-rules-open-channels = Solo los canales en los que están todos tienen estos ajustes.
notice-admins-rules = Solo los admins deciden quién escribe y habla en un canal, y a qué ritmo.
notice-admins-write = En este canal solo escriben admins.
notice-not-theirs-to-write = No se aceptó un mensaje de alguien que no puede escribir en este canal.
notice-held-pause = Este canal tiene una pausa entre mensajes. Lo que has escrito espera aquí y se envía solo.
chronicle-all-write = { $who } deja que escriban todos: { $channel }.
chronicle-admins-write = { $who } deja que escriban solo los admins: { $channel }.
chronicle-all-speak = { $who } deja que hablen todos en las llamadas: { $channel }.
chronicle-admins-speak = { $who } deja que hablen solo los admins en las llamadas: { $channel }.
chronicle-pause = { $who } puso una pausa de { $pause } entre los mensajes de un miembro: { $channel }.
chronicle-no-pause = { $who } quitó la pausa entre mensajes: { $channel }.
chronicle-set-unknown = { $who } cambió un ajuste que esta versión no conoce: { $channel }.
notice-vanished-unseen = Debía desaparecer, y el servidor lo había borrado antes de que este dispositivo lo tuviera
notice-stays-now = Lo que se escriba desde aquí se queda.
notice-vanishes-now = Lo que se escriba desde aquí desaparece al cabo de { $span }.
notice-vanish-not-yours = Solo quien puede cambiar este canal decide cuánto tiempo se quedan los mensajes.
notice-names-gone = dice que un nombre ha desaparecido, y los nombres nunca desaparecen
chronicle-stays = { $who } deja que los mensajes se queden para siempre: { $channel }.
chronicle-vanishes = { $who } deja que los mensajes desaparezcan al cabo de { $span }: { $channel }.
vanish-setting = Cuánto tiempo se quedan los mensajes
vanish-for-good = Para siempre
vanish-hint = Vale para lo que se escriba desde ahora. Entonces lo borra cada dispositivo, y también el servidor; quien lo leyó puede haberlo guardado.
vanish-title = Los mensajes desaparecen al cabo de { $span }
vanish-below = Lo que escribas aquí desaparece al cabo de { $span }.
vanish-at = Desaparece: { $when }
vanish-menu = Cuánto tiempo se quedan los mensajes…
panel-server-newer = Este servidor es más nuevo que esta aplicación. Puede que falten cosas hasta que la actualices.
panel-server-older = Este servidor es más antiguo que esta aplicación. Puede que falten cosas hasta que se actualice.
