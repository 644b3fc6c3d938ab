people-channel-settings = Paramètres du salon
people-channel-settings-menu = Paramètres du salon…
people-channel-gone = Ce salon n’existe plus.
people-channel-open-words = Tous les membres voient son nom et son sujet ; le serveur, non.
people-channel-private-words = Seuls ceux qui en font partie voient son nom et son sujet ; le serveur, non.
people-name = Nom
people-topic = Sujet
people-topic-hint = De quoi il s’agit
people-list-heading = Titre dans la liste
people-list-heading-none = Aucun
people-newcomers = Ce que lisent les nouveaux
people-newcomers-all = Tout
people-newcomers-joining = Depuis l’arrivée
people-newcomers-hint = Cela vaut désormais : qui a des clés les garde.
people-history = Histoire de la communauté
people-history-words = Chaque changement, signé par son auteur et vérifié par chaque membre. Leur ordre est sûr ; leur date n’est notée nulle part.
people-kind-everything = Tout
people-kind-people = Arrivées et départs
people-kind-roles = Rôles et voix
people-kind-devices = Appareils et clés de compte
people-kind-invites = Invitations
people-kind-keys = Clés de la communauté
people-find = Chercher
people-find-hint = Un nom, un salon, un numéro
people-what-is-shown = Ce qui est montré
people-by-everybody = Par tous et sur tous
people-by-named = Par { $name } et à son sujet
people-about-whom = Sur qui
people-reading = Lecture…
people-history-nothing = Rien de tel ne figure dans l’histoire.
people-show-earlier = Montrer les précédents
people-entry = Entrée { $number }
people-invites = Invitations
people-invites-words = Qui a un tel lien peut rejoindre la communauté jusqu’à ce qu’il soit épuisé, échu ou retiré. Le lien lui-même n’est gardé nulle part.
people-new-invite = Nouvelle invitation
people-no-invite-open = Aucune invitation n’est ouverte en ce moment.
people-show-over =
    { $count ->
        [one] Montrer celle qui est finie
       *[other] Montrer les { $count } qui sont finies
    }
people-take-back-entry = Retirer l’entrée { $number }
people-take-back = Retirer
people-invite-used = { $name } · { $used } sur { $uses } utilisées
people-invite-open = Ouverte jusqu’à { $day }, { $time }
people-invite-used-up = Épuisée
people-invite-expired = Finie : { $day }
people-invite-void = Retirée, ou son auteur ne peut plus inviter
people-invite-state = { $state } · entrée { $number }
people-invite-state-admins = { $state } · nomme des admins · entrée { $number }
people-used-by = Utilisée par { $names }
people-used-by-more = Utilisée par { $names } et { $count } autres
people-all-invites = Toutes les invitations
people-link-as-code = Le lien en QR code
people-hide-code = Masquer le code
people-show-code = Montrer en code
people-not-member = N’est plus membre
people-not-member-words = L’histoire de la communauté dit ce qui s’est passé.
people-what-they-did = Ce que cette personne a fait ici…
people-picture-of = Image de { $name }
people-is-here =
    { $role ->
        [member] Membre
        [admin] Admin
       *[founder] Fondateur
    } · { $here }
people-alike-before = Un autre membre, { $like }, a presque le même nom et était là avant.
people-alike = Un autre membre a presque le même nom : { $like }
people-alike-row = un nom semblable à un autre
people-trust-entry = { $trust } Entrée { $number }.
people-compared = Vous avez comparé les mots de sécurité, et la clé est toujours la même.
people-not-compared = Vous n’avez pas comparé de mots de sécurité avec cette personne.
people-muted-for-all = Rendu muet pour tous par un admin.
people-heard-first = Entendu avant les autres voix.
people-you-ignore = Vous ignorez cette personne, sur cet ordinateur.
people-devices =
    { $count ->
        [0] Aucun appareil qui puisse lire ici.
        [one] Un appareil, ajouté par l’entrée { $entries }.
       *[other] { $count } appareils, ajoutés par les entrées { $entries }.
    }
people-change-name = Changer votre nom
people-name-here = Votre nom ici
people-name-words = Tout le monde dans cette communauté le voit. Vous vous connectez toujours avec le nom que vous avez enregistré.
people-password-title = Changer votre mot de passe dans { $name }
people-password-words = Il prouve au serveur qui vous êtes. S’il ouvre aussi les clés sur cet ordinateur, celui-là change également. Vos autres appareils gardent le mot de passe de leurs propres clés.
people-password-old = Mot de passe actuel
people-password-new = Nouveau mot de passe
people-password-again = Nouveau mot de passe, encore une fois
people-password-differs = Ce n’est pas le même que ci-dessus.
people-password-hint = Au moins huit caractères. Personne ne peut le réinitialiser, pas même le serveur.
people-change = Changer
people-change-password = Changer le mot de passe…
people-export-title = Emporter votre historique de { $name }
people-export-button = Emporter votre historique de { $name }…
people-export-words = Chaque salon que vous pouvez lire est écrit dans un nouveau dossier de vos téléchargements : un texte à lire, des lignes JSON pour les programmes, et les fichiers présents sur cet ordinateur.
people-export-warning = Ce qui est écrit n’est pas scellé : qui accède au dossier lit tout.
people-export-begin = L’écrire
people-export-written =
    { $messages ->
        [one] { $messages } message
       *[other] { $messages } messages
    } et { $files ->
        [one] { $files } fichier
       *[other] { $files } fichiers
    }
people-export-working = Écriture : { $written } jusqu’ici.
people-export-done = { $written } sont dans { $folder }.
people-export-stopped = Arrêté : { $written } sont dans { $folder }.
people-export-failed = Cela s’est interrompu après { $written } : { $why }.
people-wipe-title = Effacer cet ordinateur ?
people-wipe-words = Les clés, l’historique, les fichiers et les paramètres de toutes les communautés sont supprimés ici. Vos comptes restent sur leurs serveurs : vous revenez par un autre appareil ou votre clé de récupération, sinon ils sont perdus. Ce que vous avez enregistré ailleurs reste. C’est irréversible.
people-wipe-type = Tapez « { $words } » pour continuer
people-wipe = Effacer
people-wipe-button = Effacer cet ordinateur…
people-remove-why = Pourquoi (cette personne et tous les membres le lisent)
people-remove-why-hint = Vous n’avez pas à donner de raison
people-ignore = Ignorer
people-listen-to-them = Écouter à nouveau
people-ignored-row = ignoré
people-profile = Profil…
people-ignored-messages =
    { $count ->
        [one] { $count } message de { $name }, que vous ignorez
       *[other] { $count } messages de { $name }, que vous ignorez
    }
people-show-anyway = Montrer quand même
people-ignored-in = Personnes que vous ignorez dans { $community }
people-listen-to-named = Écouter { $name } à nouveau
people-listen-again = Écouter à nouveau
people-ignored-words = Cela reste sur cet ordinateur ; ces personnes n’en savent rien.
people-lock-away = Verrouiller quand personne n’est là
people-lock-away-words = Après ce temps sans clavier ni souris dans cette fenêtre ; pas pendant un appel.
people-minutes = { $minutes } min
people-never = Jamais
people-along-and-wipe = Emporter et effacer
line-slash-a-channel = salon
line-slash-a-person = personne
line-slash-a-name = nom
line-slash-a-path = chemin
