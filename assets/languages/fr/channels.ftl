span-seconds = { $count ->
    [one] 1 seconde
   *[other] { $count } secondes
}
span-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
span-hours = { $count ->
    [one] 1 heure
   *[other] { $count } heures
}
span-days = { $count ->
    [one] 1 jour
   *[other] { $count } jours
}
span-weeks = { $count ->
    [one] 1 semaine
   *[other] { $count } semaines
}
rules-writing = Qui écrit
rules-everyone = Tout le monde
rules-admins = Admins seulement
rules-writing-hint = Tout le monde peut encore réagir et retirer ce qu’il a écrit.
rules-speaking = Qui parle dans ses appels
rules-speaking-hint = Tout le monde peut encore écouter.
rules-pause = Pause entre les messages d’un membre
rules-pause-none = Aucune
rules-pause-hint = Le serveur la fait respecter. Les admins n’ont pas de pause.
line-admins-write = Seuls les admins écrivent dans ce salon. Vous pouvez réagir à ce qu’ils écrivent.
line-pause = Ce salon a une pause entre les messages. Vous pourrez envoyer le prochain dans { $rest }.
voice-admins-speak = Seuls les admins parlent dans les appels de ce salon. Vous pouvez écouter.
notice-rules-open-channels = Seuls les salons où tout le monde se trouve ont ces réglages.
notice-admins-rules = Seuls les admins décident qui écrit et qui parle dans un salon, et à quel rythme.
notice-admins-write = Seuls les admins écrivent dans ce salon.
notice-not-theirs-to-write = Le message de quelqu’un qui ne peut pas écrire dans ce salon n’a pas été accepté.
notice-held-pause = Ce salon a une pause entre les messages. Ce que vous avez écrit attend ici et sera envoyé de lui-même.
chronicle-all-write = { $who } laisse tout le monde écrire : { $channel }.
chronicle-admins-write = { $who } laisse seulement les admins écrire : { $channel }.
chronicle-all-speak = { $who } laisse tout le monde parler dans les appels : { $channel }.
chronicle-admins-speak = { $who } laisse seulement les admins parler dans les appels : { $channel }.
chronicle-pause = { $who } a mis une pause de { $pause } entre les messages d’un membre : { $channel }.
chronicle-no-pause = { $who } a retiré la pause entre les messages : { $channel }.
chronicle-set-unknown = { $who } a changé un réglage que cette version ne connaît pas : { $channel }.
notice-vanished-unseen = Il devait disparaître, et le serveur l’avait effacé avant que cet appareil ne l’ait
notice-stays-now = Ce qui est écrit à partir d’ici reste.
notice-vanishes-now = Ce qui est écrit à partir d’ici disparaît au bout de { $span }.
notice-vanish-not-yours = Seul qui peut modifier ce salon décide combien de temps les messages restent.
notice-names-gone = il dit qu’un nom a disparu, et les noms ne disparaissent jamais
chronicle-stays = { $who } laisse les messages pour toujours : { $channel }.
chronicle-vanishes = { $who } laisse les messages disparaître au bout de { $span } : { $channel }.
vanish-setting = Combien de temps les messages restent
vanish-for-good = Pour toujours
vanish-hint = Vaut pour ce qui est écrit à partir de maintenant. Chaque appareil l’efface alors, et le serveur aussi ; qui l’a lu peut l’avoir gardé.
vanish-title = Les messages disparaissent au bout de { $span }
vanish-below = Ce que vous écrivez ici disparaît au bout de { $span }.
vanish-at = Disparaît : { $when }
vanish-menu = Combien de temps les messages restent…
panel-server-newer = Ce serveur est plus récent que cette application. Il peut manquer des choses tant que vous ne la mettez pas à jour.
panel-server-older = Ce serveur est plus ancien que cette application. Il peut manquer des choses tant qu’il n’est pas mis à jour.
