desk-somebody = Quelqu’un
desk-mentioned = On vous mentionne
desk-new-message = Nouveau message
desk-to-and-you = { $name } à { $others } et vous
desk-name-in = { $name } dans { $channel }
desk-do-not-disturb = Ne pas déranger
desk-quiet-until = Au calme jusqu’à { $time }
desk-notifications = Notifications
desk-of-what = Ce qui vous est signalé
desk-aside-notifications = ce qui vous est signalé
desk-nothing-shown = Rien ne peut être montré pour l’instant : { $reason }. Dialtone continue d’essayer.
desk-show-hint = Quand cette fenêtre est à l’arrière-plan ou qu’un autre salon est ouvert
desk-show = Montrer les notifications
desk-text-hint = Qui a écrit, où, et le texte : qui voit votre écran peut le lire, et le bureau peut le garder
desk-no-text-hint = Seulement qui a écrit, et où ; le texte reste dans cette fenêtre
desk-show-text = Montrer ce qui a été écrit
desk-everything = Tout
desk-mentions = Mentions
desk-nothing = Rien
desk-every-message = Chaque message
desk-in-channels = Dans les salons
desk-in-direct = Dans les conversations directes
desk-mention-words = Une mention est votre nom après un @, ou @everyone par un admin. Le menu d’un salon a un choix pour ce salon seul.
desk-count-everywhere = Appliquer ceci partout
desk-channels-own =
    { $count ->
        [one] Un salon a son propre choix.
       *[other] { $count } salons ont leur propre choix.
    }
desk-quiet-words = Tant que c’est actif, rien n’est montré et les appels ne font pas de sons brefs ; vous entendez les gens comme toujours.
desk-quiet-words-until = Tant que c’est actif, rien n’est montré et les appels ne font pas de sons brefs ; vous entendez les gens comme toujours. Cela finit à { $time }.
desk-off = Désactivé
desk-for-hour = Une heure
desk-until-tomorrow = Jusqu’à demain
desk-on = Activé
desk-disturb-again = Me laisser déranger à nouveau
desk-quiet-hour = Ne pas déranger pendant une heure
desk-quiet-tomorrow = Ne pas déranger jusqu’à demain
desk-tell-me-of = Me signaler
desk-as-settings =
    Comme dans les paramètres ({ $level ->
        [all] chaque message
        [mentions] mentions
       *[none] rien
    })
desk-desktop = Bureau
desk-aside-desktop = zone de notification, liens, absence
desk-tray = Zone de notification
desk-starting = Démarrage
desk-autostart-hint = Caché dans la zone de notification, ou réduit là où il n’y en a pas
desk-autostart = Démarrer à l’ouverture de session
desk-links = Liens
desk-links-hint = Une invitation pressée dans un navigateur ou un courriel s’affiche ici, et rien n’est rejoint avant que vous le disiez
desk-open-links = Ouvrir les liens dialtone avec ce programme
desk-being-away = Absence
desk-keep-in-tray = Continuer dans la zone de notification quand la fenêtre est fermée
desk-keep-in-tray-hint = Vous restez dans vos appels et êtes prévenu des messages ; le menu de l’icône rouvre la fenêtre et ferme Dialtone
desk-no-tray = { $reason } : fermer la fenêtre ferme Dialtone.
desk-away-after = Absent après
desk-never-away = { $reason } ; vous ne comptez donc jamais comme absent.
desk-away-words = Quand personne n’a touché cet ordinateur depuis ce temps, vous comptez comme absent, et les membres le voient.
desk-voice-meter-title = Vumètre de la voix Dialtone
desk-pasted-picture = image collée.png
tray-bus-unreachable = le bus de messages du bureau est injoignable ({ $error })
tray-bus-silent = le bus de messages du bureau ne répond pas
tray-bus-unusable = le bus de messages du bureau est inutilisable ({ $error })
tray-bus-ended = le bus de messages du bureau a pris fin
tray-nobody-offers = personne sur ce bureau n’offre { $service }
tray-refused = { $service } a refusé ({ $error })
tray-cannot-ask = { $service } ne peut pas être interrogé ({ $error })
tray-silent = { $service } ne répond pas
tray-idle-system = depuis quand personne n’a touché cet ordinateur n’est pas encore demandé sur ce système
tray-idle-desktop = ce bureau ne dit pas depuis quand personne n’a touché l’ordinateur
tray-idle-x = le serveur X ne dit pas depuis quand personne n’a touché l’ordinateur ({ $error })
tray-x-unasked = le serveur X ne peut pas être interrogé ({ $error })
tray-file-long = le fichier est trop long
tray-path = le chemin du programme ne peut pas être écrit dans une entrée du bureau
tray-not-here = Dialtone ne sait pas encore le faire sur ce système
tray-look-system = le système de fenêtres le dit lui-même
tray-no-notifications = Dialtone ne montre pas encore de notifications sur ce système
tray-notifications-ended = les notifications du bureau ont pris fin
tray-open = Ouvrir
tray-failed = cela a échoué dans Dialtone ; le journal en dit plus
tray-no-thread = aucun fil n’a pu être lancé : { $error }
tray-unread = { $count } non lus
tray-call =
    { $state ->
        [deafened] en appel, son coupé
        [muted] en appel, micro coupé
       *[open] en appel
    }
tray-do-not-disturb = ne pas déranger
tray-nothing-new = rien de nouveau
tray-system = Dialtone n’a pas encore de place dans la zone de notification sur ce système
tray-none = ce bureau ne montre pas de zone de notification
tray-no-icon = l’icône de la zone de notification ne peut pas être offerte ({ $error })
tray-show = Ouvrir Dialtone
tray-quit = Quitter
