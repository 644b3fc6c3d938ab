history-somebody = Quelqu’un
history-somebody-within = quelqu’un
history-member = membre { $short }
history-founded = { $who } a fondé la communauté.
history-invited =
    { $count ->
        [one] { $who } a créé une invitation pour une personne.
       *[other] { $who } a créé une invitation pour { $count } personnes.
    }
history-invited-admins =
    { $count ->
        [one] { $who } a créé une invitation pour une personne, comme admin.
       *[other] { $who } a créé une invitation pour { $count } personnes, comme admins.
    }
history-took-back = { $who } a retiré une invitation de { $issuer }.
history-took-back-own = { $who } a retiré une de ses invitations.
history-joined-by = { $who } est venu par une invitation de { $issuer }.
history-joined = { $who } est venu par une invitation.
history-let-in = { $who } a fait entrer { $name }, sur la parole du serveur.
history-device-added = { $who } a ajouté un appareil.
history-device-added-by-key = { $who } a ajouté un appareil, avec la clé du compte.
history-device-out = { $who } a retiré un appareil de { $name }.
history-device-out-own = { $who } a retiré un de ses appareils.
history-account-key = { $who } a changé la clé de son compte.
history-left = { $who } est parti.
history-removed = { $who } a exclu { $name }.
history-banned = { $who } a exclu et banni { $name }.
history-keys-again = { $who } a recommencé les clés pour { $what }.
history-server-key = { $who } a confirmé une nouvelle clé d’identité du serveur.
history-ordinary-again = { $who } est redevenu simple membre.
history-made-member = { $who } a fait de { $name } un simple membre.
history-made-admin = { $who } a fait de { $name } un admin.
history-passed-on = { $who } a transmis le rôle de fondateur à { $name }.
history-themselves = soi-même
history-voice-ordinary = { $who } laisse de nouveau tout le monde entendre { $name } comme les autres.
history-voice-muted = { $who } a rendu { $name } muet pour tous.
history-voice-priority = { $who } a fait passer { $name } avant les autres voix.
history-read-all = { $who } laisse les nouveaux lire en entier { $channel }.
history-read-from-joining = { $who } laisse les nouveaux lire, dans { $channel }, seulement ce qui vient après eux.
history-channel-deleted = { $who } a supprimé { $channel }.
history-channel-made = { $who } a créé { $channel }.
history-private-named = le salon privé { $name }
history-channel-named = le salon #{ $name }
history-private-unnamed = un salon privé ou une conversation
history-channel-unnamed = un salon dont le nom n’est pas connu ici
history-all-open = tous les salons ouverts
history-a-private = un salon privé
