line-unconfirmed = Aucun message ultérieur ne garantit encore sa place : d’ici là, seul le serveur dit qu’il ne manque rien avant lui.
line-message-from = Message de { $name }, { $time }
line-add-reaction = Ajouter une réaction
line-add-reaction-key = Ajouter une réaction (+)
line-reply = Répondre
line-reply-key = Répondre (R)
line-edit-message = Modifier le message
line-edit-key = Modifier (E)
line-more = Plus
line-more-key = Plus (M)
line-menu-reaction = Ajouter une réaction…
line-menu-reply = Y répondre
line-menu-edit = Modifier
line-take-pin-off = Désépingler
line-pin = Épingler
line-menu-versions = Afficher les versions antérieures
line-copy-text = Copier le texte
line-copy-link-to = Copier le lien vers { $host }
line-menu-delete = Supprimer…
line-leads-to = Mène à { $host }
line-copy-code = Copier le code
line-new-since = Nouveau depuis { $time }
line-clocks-differ = L’horloge de { $name } dit { $theirs }, celle du serveur { $server }
line-picture-named = Image { $name }, { $size }
line-being-fetched = { $name }, en cours de récupération
line-save-named = Enregistrer { $name }
line-press-again = { $why } Pressez pour réessayer.
line-more-for = Plus pour { $name }
line-delete-file = Supprimer du serveur…
line-file-about = Fichier { $name }, { $words }
line-stop-fetching = Arrêter de récupérer { $name }
line-try-save-again = Réessayer d’enregistrer { $name }
line-so-far = { $done } sur { $total }
line-percent = { $share } pour cent
line-sending = Envoi
line-waiting-to-send = En attente d’envoi
line-writes = { $name } écrit : { $words }
line-sends = { $name } envoie : { $words }
line-messages-wait = { $count } messages : { $why }
line-somebody = quelqu’un
line-claims-from = Un message qui prétend venir de { $from } a été refusé : { $why }
line-beginning-with = C’est le début de votre conversation avec { $name }
line-beginning-of = C’est le début de { $name }
line-readable-two = Personne d’autre ne lit ce qui se dit ici : ni les autres membres ni le serveur.
line-readable-private-since = Seules les personnes de ce salon peuvent le lire, chacune depuis son arrivée ; les autres membres et le serveur ne le peuvent pas.
line-readable-private = Seules les personnes de ce salon peuvent le lire ; les autres membres et le serveur ne le peuvent pas.
line-readable-since = Chaque membre lit ce qui se dit depuis son arrivée ; le serveur n’en peut rien lire.
line-readable = Ce qui se dit ici n’est lisible que par les membres ; le serveur ne peut pas le lire.
line-fetching-earlier = Récupération des messages antérieurs
line-show-earlier = Afficher les messages antérieurs
line-fetching-later = Récupération des messages ultérieurs
line-show-later = Afficher les messages ultérieurs
line-only-you-see = Vous seul voyez ceci
line-files-count =
    { $count ->
        [one] { $count } fichier
       *[other] { $count } fichiers
    }
line-a-deleted = un message supprimé
line-not-here = un message qui n’est pas ici
line-answer-to = Réponse à { $from } : { $words }
line-you = vous
line-left-somebody = quelqu’un qui est parti
line-more-names = { $count } autres
line-names-and = { $names } et { $last }
line-another-reaction = Ajouter une autre réaction
line-edited-show = Modifié : afficher les versions antérieures
line-show-before = Afficher ce que cela disait avant
line-name-deleted = { $name } a supprimé ce message
line-deleted = Message supprimé
line-to-latest = Aller au plus récent
line-new-messages =
    { $count ->
        [one] { $count } nouveau message
       *[other] { $count } nouveaux messages
    }
line-to-unread = Aller au premier non lu
line-drop-files =
    { $count ->
        [one] Déposez pour envoyer : { $name }
       *[other] Déposez pour envoyer { $count } fichiers : { $name }
    }
line-attached = Joint : { $name }
line-take-off = Retirer { $name }
line-too-many-files = { $count } fichiers : un message en prend { $most } au plus ; retirez-en et envoyez-les après.
line-too-long = Trop long de { $over } octets : raccourcissez-le, ou envoyez-le en plusieurs fois. Il reste ici.
line-bytes-left = { $left } octets restants
line-attach = Joindre des fichiers
line-attach-hint = Joindre des fichiers ; vous pouvez aussi les déposer ou les coller
line-choose-emoji = Choisir un émoji
line-send = Envoyer
line-send-key = Envoyer (Enter)
line-further-up = un message plus haut
line-editing = Modification de votre message
line-replying = Réponse à
line-replying-to = Réponse à { $name }
line-stop-editing = Arrêter la modification
line-do-not-reply = Ne pas répondre
line-settle-first = Rien n’est envoyé tant que l’avertissement ci-dessus n’est pas réglé
line-no-member = Vous n’êtes plus membre ici
line-once-let-in = Vous pourrez écrire une fois qu’un admin vous aura fait entrer
line-message-to = Message à { $channel }
line-preparing = Préparation des fichiers à l’envoi
line-when-back = Ce que vous écrivez sera envoyé quand le serveur sera de retour
line-one-writes = { $one } écrit…
line-two-write = { $one } et { $two } écrivent…
line-several-write = Plusieurs personnes écrivent…
line-slash-help = Ce que l’on peut taper ici
line-slash-list = Tous les salons
line-slash-join = Ouvrir un salon
line-slash-message = Ouvrir la conversation avec quelqu’un
line-slash-create = Créer un salon pour tous
line-slash-private = Créer un salon privé
line-slash-add = Ajouter quelqu’un à ce salon privé
line-slash-leave = Quitter ce salon privé
line-slash-rename = Donner un autre nom à ce salon
line-slash-delete = Supprimer un salon
line-slash-file = Envoyer un fichier
line-slash-picture = Montrer aux autres une autre image de vous
line-slash-voice-join = Rejoindre l’appel de ce salon
line-slash-voice-leave = Quitter l’appel
line-slash-mute = Ne plus envoyer votre voix
line-slash-unmute = Envoyer à nouveau votre voix
line-slash-invite = Créer un lien d’invitation
line-slash-reset = Recommencer les clés de ce salon, quand elles sont cassées
line-slash-clear = Retirer un avertissement sur le serveur
