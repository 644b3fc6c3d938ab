engine-sent-files =
    { $count ->
        [one] A envoyé un fichier.
       *[other] A envoyé { $count } fichiers.
    }
engine-slash-help =
    /help – cette liste
    /list – les salons
    /join NOM – ouvrir un salon
    /message PERSONNE – ouvrir la conversation avec quelqu’un
    /channel create NOM – créer un salon pour tous (admins)
    /channel private NOM – créer un salon privé
    /channel add PERSONNE – ajouter quelqu’un à ce salon privé
    /channel leave – quitter ce salon privé
    /channel rename NOM – renommer ce salon
    /channel delete NOM – supprimer le salon de ce nom
    /file CHEMIN – envoyer un fichier
    /picture CHEMIN, /picture none – montrer aux autres une autre image de vous, ou aucune
    /voice join, /voice leave – l’appel de ce salon
    /voice mute, /voice unmute – votre micro
    /server invite – créer un lien d’invitation (admins)
    /group reset – recommencer les clés de ce salon, quand elles sont cassées (ses admins ; dans les salons ouverts, ceux de la communauté)
    /warning clear { $words } – lever un avertissement sur le serveur
    Commencez par // pour écrire un message qui commence par une barre oblique.
engine-slash-voice = Écrivez /voice join, leave, mute ou unmute.
engine-slash-write = Écrivez { $command }.
engine-slash-unknown = Il n’y a pas de commande /{ $command }. Écrivez /help pour la liste, ou // pour un message qui commence par une barre oblique.
engine-slash-channel = Écrivez /channel create, private, add, rename ou delete, et un nom ; ou /channel leave.
engine-slash-name-missing =
    Il manque un nom : { $command } { $what ->
        [person] PERSONNE
        [path] CHEMIN
        [picture] CHEMIN, ou /picture none
       *[name] NOM
    }.
engine-alarm-words = J’ai comparé avec les autres
engine-wipe-word = effacer
engine-link-again = Vous êtes en train d’entrer dans une communauté ; quand ce sera fini, ouvrez le lien encore une fois.
engine-not-set-right = Ce que cet ordinateur garde d’une communauté n’a pas pu être remis en ordre : { $error }
engine-keys-busy-password = Une opération sur les clés est en cours ; quand elle sera finie, changez le mot de passe.
engine-password-both = Le mot de passe est changé ; le nouveau ouvre aussi les clés sur cet ordinateur.
engine-password-account = Le mot de passe de ce compte est changé. Les clés sur cet ordinateur s’ouvrent avec un autre, comme avant.
engine-password-failed = Le mot de passe n’a pas été changé : { $reason }
engine-password-half = le serveur a le nouveau, mais les clés sur cet ordinateur s’ouvrent avec le précédent ({ $error }).
engine-password-short =
    { $least ->
        [one] choisissez un mot de passe d’au moins { $least } caractère
       *[other] choisissez un mot de passe d’au moins { $least } caractères
    }
engine-password-no-answer = la connexion a pris fin pendant que le serveur prenait le nouveau mot de passe : l’un des deux vaut, essayez de le changer encore avec l’un ou l’autre
engine-account-unsure = On ne sait pas encore si votre nouveau compte { $name } a été créé : { $reason }
engine-wipe-other-word = Rien n’a été effacé : le mot à taper est « { $word } ».
engine-wipe-busy = Une opération sur les clés est en cours ; quand elle sera finie, effacez.
engine-wipe-keys-stay = Rien n’a été effacé : les clés n’ont pas pu être supprimées ({ $error }).
engine-wiped = Cet ordinateur a tout oublié de Dialtone.
engine-wiped-part = Les clés ont disparu, mais certains fichiers qu’elles seules ouvrent n’ont pas pu être supprimés : { $error }
engine-export-deleted = (supprimé)
engine-export-not-here = pas sur cet ordinateur
engine-file-changed = il a changé pendant sa lecture
engine-row-changed = une ligne de l’historique local a été modifiée ou appartient à un autre profil ({ $table })
engine-history-unusable = l’historique local dans { $path } est inutilisable : { $reason }
engine-server-answered = le serveur a répondu { $status }
engine-more-bytes = plus de { $limit } octets
engine-no-host-name = le nom du serveur n’est pas un nom d’hôte
engine-no-tls-key = pas de clé TLS
engine-session-ended = la session est terminée
engine-settings-aside = L’ancien fichier est { $path }.
engine-settings-lost = L’ancien fichier n’a pas pu être gardé : { $error }.
engine-no-such-invite = Il n’y a pas de telle invitation.
engine-invite-dead = Plus personne ne peut utiliser cette invitation.
engine-invite-not-yours = Seul l’auteur de cette invitation, ou quelqu’un de rang plus élevé, peut la retirer.
engine-valid-name = Un nom a de un à 64 caractères visibles, sur une ligne.
engine-valid-topic = Un sujet a au plus 256 caractères, sur une ligne.
engine-valid-heading = Un titre a au plus { $most } caractères visibles.
engine-fork =
    { $what ->
        [signal] Un signal
       *[message] Un message
    } est scellé avec une autre clé que celle de la communauté à ce moment : le serveur sépare peut-être les gens. Plus rien n’est envoyé ; comparez avec les autres par un autre moyen.
engine-linux-computer = Ordinateur Linux
engine-windows-computer = Ordinateur Windows
engine-computer = Ordinateur
engine-not-opened = il n’a pas pu être ouvert
engine-no-downloads = il n’y a pas de dossier de téléchargements ; choisissez un autre endroit
engine-no-picture = ce n’est pas une image qui peut être montrée ici
engine-cannot-read = elle ne peut pas être lue
engine-choose-picture = choisissez un fichier d’image
engine-choose-small-picture = choisissez un fichier d’image d’au plus 64 Mio
engine-gap-online = les personnes connectées n’ont pas été indiquées
engine-gap-list = la liste des membres a un trou
engine-gap-own = l’ordre de ses propres messages
engine-gap-cleared = un avertissement a été levé
engine-gap-channel = un salon a un trou
engine-gap-unreadable = un événement est illisible
engine-gap-before-list = un événement est arrivé avant la liste des membres
engine-gap-longer-list = un événement nomme une liste des membres plus longue
engine-gap-commit-list = un changement de clés nomme une liste des membres plus longue
engine-gap-commit = un changement de clés manque
engine-group-broke =
    Le groupe de clés de la communauté { $what ->
        [clean] ne peut pas être nettoyé
        [create] n’a pas pu être créé
        [again] n’a pas pu être refait
       *[enter] ne peut pas être rejoint
    } : { $error }. Rien n’est envoyé ; un admin peut recommencer le groupe avec /group reset.
engine-conversation-broke =
    Les clés de cette conversation { $what ->
        [clean] ne peuvent pas être nettoyées
        [create] n’ont pas pu être créées
        [again] n’ont pas pu être refaites
       *[enter] sont inaccessibles
    } : { $error }. Rien n’est envoyé ici ; qui s’en occupe peut les recommencer avec /group reset.
engine-commit-breaks-rules = Le serveur a transmis un changement des clés du groupe contraire aux règles : { $rule }. Plus rien n’est envoyé.
engine-why-taken-out = quelqu’un vous en a retiré, ou vous l’avez quitté sur un autre appareil.
engine-why-left-out = qui a recommencé ses clés vous a laissé dehors, ou quelqu’un vous en a retiré.
engine-why-hidden = le serveur dit que quelqu’un vous en a retiré, ou que vous l’avez quitté sur un autre appareil. Si personne ne l’a fait, il le cache : dites-le aux autres.
engine-not-in = Vous n’êtes plus dans { $name } : { $why }
engine-other-people = Le serveur montre dans cette conversation d’autres personnes que celles entre qui elle est. Rien n’est envoyé ici ; dites-le aux autres.
engine-wrongly-reset = { $name } a recommencé les clés de cette conversation sans en avoir le droit. Plus rien n’est envoyé ici ; refaites-la, et dites-le aux autres.
engine-who-came = Dans { $channel } depuis la dernière présence de cet appareil : { $names }.
engine-newer-version = Un message d’un genre que cette version ne connaît pas
engine-community-damaged = l’historique local d’une communauté est abîmé ({ $error }) ; déplacez son fichier et redémarrez : les membres partagent de nouveau les clés
engine-other-community = l’historique local contient la liste des membres d’une autre communauté que celle que vous avez rejointe ; rien n’est envoyé. Déplacez son fichier, et demandez à qui vous a invité, par un autre moyen, ce qui s’est passé
engine-older-recovery = Le serveur vous a donné un fichier de récupération plus ancien (numéro { $came }) que celui que vos appareils avaient envoyé (numéro { $sent }) : les clés de certains messages manqueront peut-être jusqu’à ce que d’autres membres les partagent. Dites-le aux autres ; le serveur cache peut-être des choses.
engine-does-not-follow = ce que le serveur a envoyé ne se suit pas ({ $what }) ; on repart de ce qui est ici
engine-connecting-anew = nouvelle connexion
engine-slept = nouvelle connexion, car cet ordinateur était en veille
engine-removed = exclu de la communauté
engine-stopped = arrêté
engine-keeps-not-following = Le serveur continue d’envoyer ce qui ne se suit pas ({ $what }). Plus rien n’est envoyé ; demandez aux autres, par un autre moyen, s’ils voient la même chose.
engine-other-list = le serveur montre une autre liste des membres que celle que cet ordinateur a de la communauté ; n’allez pas plus loin, et demandez aux autres, par un autre moyen, s’ils voient la même chose
engine-part-failed = une partie du programme a échoué, c’est une faute de notre part ; veuillez la signaler. Elle est redémarrée
engine-not-asked = { $community } n’a pas été interrogé : { $reason }
engine-empty-list = une liste vide
engine-export-files = { $channel } fichiers
engine-size =
    { $value } { $unit ->
        [k] Kio
        [m] Mio
        [g] Gio
        [t] Tio
        [p] Pio
       *[e] Eio
    }
