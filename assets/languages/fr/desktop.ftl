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
desk-away-words = Quand personne n’a touché cet ordinateur depuis ce temps, votre ligne dit que vous êtes absent. Les autres n’en savent rien.
desk-voice-meter-title = Vumètre de la voix Dialtone
desk-pasted-picture = image collée.png
