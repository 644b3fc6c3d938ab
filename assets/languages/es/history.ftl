history-somebody = Alguien
history-somebody-within = alguien
history-member = miembro { $short }
history-founded = { $who } fundó la comunidad.
history-invited =
    { $count ->
        [one] { $who } creó una invitación para una persona.
       *[other] { $who } creó una invitación para { $count } personas.
    }
history-invited-admins =
    { $count ->
        [one] { $who } creó una invitación para una persona, como admin.
       *[other] { $who } creó una invitación para { $count } personas, como admins.
    }
history-took-back = { $who } retiró una invitación de { $issuer }.
history-took-back-own = { $who } retiró una invitación propia.
history-joined-by = { $who } entró con una invitación de { $issuer }.
history-joined = { $who } entró con una invitación.
history-let-in = { $who } dejó entrar a { $name }, por la palabra del servidor.
history-device-added = { $who } añadió un dispositivo.
history-device-added-by-key = { $who } añadió un dispositivo, con la clave de la cuenta.
history-device-out = { $who } quitó un dispositivo de { $name }.
history-device-out-own = { $who } quitó un dispositivo propio.
history-account-key = { $who } cambió la clave de su cuenta.
history-left = { $who } se fue.
history-removed = { $who } expulsó a { $name }.
history-banned = { $who } expulsó y vetó a { $name }.
history-keys-again = { $who } empezó de nuevo las claves para { $what }.
history-server-key = { $who } confirmó una nueva clave de identidad del servidor.
history-ordinary-again = { $who } volvió a ser miembro normal.
history-made-member = { $who } hizo a { $name } miembro normal.
history-made-admin = { $who } hizo admin a { $name }.
history-passed-on = { $who } pasó el rol de fundador a { $name }.
history-themselves = sí mismo
history-voice-ordinary = { $who } deja que todos oigan a { $name } como a los demás otra vez.
history-voice-muted = { $who } silenció a { $name } para todos.
history-voice-priority = { $who } puso a { $name } por delante de otras voces.
history-read-all = { $who } deja que los nuevos lean por completo { $channel }.
history-read-from-joining = { $who } deja que los nuevos lean en { $channel } solo lo que viene después de ellos.
history-channel-deleted = { $who } eliminó { $channel }.
history-channel-made = { $who } creó { $channel }.
history-private-named = el canal privado { $name }
history-channel-named = el canal #{ $name }
history-private-unnamed = un canal privado o una conversación
history-channel-unnamed = un canal cuyo nombre no se conoce aquí
history-all-open = todos los canales abiertos
history-a-private = un canal privado
