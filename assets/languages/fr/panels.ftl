panel-nothing-sent = Rien n’est envoyé ici : { $alarm }
panel-begin-anew = Recommencer…
panel-new-device = Un nouvel appareil demande à être ajouté à votre compte.
panel-you-knocked = Vous avez frappé. Un admin de cette communauté vous fera entrer ; vous pouvez fermer la fenêtre en attendant.
panel-cannot-open = Cette communauté ne peut pas être ouverte : { $reason }
panel-write-key = Notez votre clé de récupération : sans elle, un ordinateur perdu est un compte perdu.
panel-show-it = L’afficher
panel-people-wait =
    { $count ->
        [one] Quelqu’un attend qu’on le fasse entrer.
       *[other] { $count } personnes attendent qu’on les fasse entrer.
    }
panel-retry-now = Nouvel essai maintenant.
panel-retry-seconds =
    { $seconds ->
        [one] Nouvel essai dans { $seconds } seconde.
       *[other] Nouvel essai dans { $seconds } secondes.
    }
panel-retry-minutes = Nouvel essai dans { $minutes } minutes.
panel-not-connected = Non connecté : { $reason }. { $next }
panel-dismiss = Masquer
panel-choose-files = Choisir les fichiers à envoyer
panel-choose-portrait = Choisir une image de vous
panel-pictures = Images
panel-no-file-dialog = Aucune fenêtre de fichiers ne s’est ouverte : déposez les fichiers ici, ou tapez /file et un chemin
panel-no-dialog = Aucune fenêtre de fichiers ne s’est ouverte. Installez zenity, ou xdg-desktop-portal avec la partie pour votre bureau, et réessayez.
panel-messages = Messages
panel-show-channels = Afficher les salons
panel-show-members = Afficher les membres
panel-only-you-two = seuls vous deux lisez ceci
panel-people-read =
    { $count ->
        [one] vous seul lisez ceci
       *[other] { $count } personnes lisent ceci
    }
panel-channel-menu = Menu du salon
panel-waiting-in = En attente d’admission
panel-admin-sees = Un admin voit que vous avez frappé. Dites-le-lui, si vous pouvez le joindre autrement.
panel-first-channel = Créez le premier salon
panel-first-channel-words = Les salons sont là où l’on écrit et parle. Vous pourrez les renommer et les supprimer plus tard.
panel-nothing-yet = Rien ici pour l’instant
panel-admin-makes-first = Un admin crée le premier salon ; il apparaît ici de lui-même.
panel-nothing-shown = Rien ne peut être affiché
panel-unusable-words = Ce que cet appareil garde de la communauté ne peut pas être utilisé. La ligne du haut dit quoi faire.
panel-opening = Ouverture
panel-takes-a-moment = Cela prend un instant.
panel-fetching-channels = Récupération des salons
panel-your-fingerprint = Votre empreinte : { $fingerprint }
panel-same-fingerprint = L’admin voit la même, si personne ne s’est glissé entre vous.
panel-make-channel = Créer un salon
panel-invite-people = Inviter des gens
panel-create-channel = Créer un salon
panel-unopenable = Impossible à ouvrir
panel-connecting = Connexion
panel-catching-up = Mise à jour
panel-offline = Hors ligne
panel-no-member = N’est plus membre
panel-unnamed = nom encore inconnu
panel-channels-let-in = Les salons apparaissent ici une fois que vous êtes admis.
panel-channels-fetched = Les salons apparaissent ici une fois récupérés.
panel-no-channels-make = Il n’y a pas encore de salons. Créez le premier.
panel-no-channels = Il n’y a pas encore de salons. Un admin les crée.
panel-let-read-all = Laisser les nouveaux tout lire
panel-read-from-now = Les nouveaux lisent à partir de maintenant
panel-add-people = Ajouter des gens…
panel-leave-channel = Quitter le salon…
panel-delete-channel = Supprimer le salon
panel-direct = Direct
panel-kind-private = privé
panel-kind-online = en ligne
panel-kind-away = absent
panel-kind-offline = hors ligne
panel-kind-conversation = conversation
panel-kind-quiet = notifications coupées
panel-unread = { $unread } non lus
panel-in-conversation = Dans cette conversation
panel-in-channel = Dans ce salon
panel-admin = admin
panel-founder = fondateur
panel-offline-members = Hors ligne
panel-wait =
    { $count ->
        [one] { $count } attend d’entrer
       *[other] { $count } attendent d’entrer
    }
panel-verified = vérifié
panel-message-them = Message
panel-compare-words = Comparer les mots de sécurité…
panel-take-out-of-channel = Retirer de ce salon
panel-make-admin = Nommer admin
panel-make-member = Redevient simple membre
panel-make-founder = Nommer fondateur…
panel-remove-them = Exclure…
panel-leave-community = Quitter la communauté…
panel-join-another = Rejoindre une autre communauté
panel-search-messages = Rechercher des messages
panel-mention-you = { $count } vous mentionnent
panel-filter-from = qui l’a écrit
panel-filter-in = le salon
panel-filter-before = un jour, comme 2026-11-22
panel-filter-day = un jour
panel-filter-link = avec un lien
panel-filter-file = avec un fichier
panel-filter-picture = avec une image
panel-close-named = Fermer { $name }
panel-search-hint = Des mots, ou from: in: before: has:
panel-reading-older = Lecture des messages plus anciens, { $percent } %
panel-narrow = Tous les mots doivent être dans un message. Ceci restreint :
panel-show-more = Afficher plus
panel-found-in = { $name } dans { $place }, { $time } : { $words }
panel-found-files =
    { $count ->
        [one] { $count } fichier
       *[other] { $count } fichiers
    }
panel-search = Rechercher
panel-found-nothing = Rien n’a été trouvé.
panel-pinned = Messages épinglés
panel-nothing-pinned = Rien n’est épinglé ici. Le menu d’un message l’épingle.
panel-undeafen = Rétablir le son
panel-show-quality = Afficher la qualité de l’appel
panel-go-to = Aller à un salon ou une personne
panel-show-pinned = Afficher les messages épinglés
panel-go-to-day = Aller à un jour
panel-create-a-channel = Créer un salon
panel-see-who-waits = Voir qui attend d’entrer
panel-settings-meter = Paramètres : vumètre de la voix
panel-settings-audio = Paramètres : son
panel-settings-talking = Paramètres : parler
panel-settings-look = Paramètres : apparence
panel-settings-keyboard = Paramètres : clavier
panel-settings-device = Paramètres : cet appareil
panel-dark-colours = Couleurs sombres
panel-light-colours = Couleurs claires
panel-system-colours = Couleurs du système
panel-let-move = Laisser les choses bouger
