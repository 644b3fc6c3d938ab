panel-nothing-sent = Hier wird nichts gesendet: { $alarm }
panel-begin-anew = Neu beginnen…
panel-new-device = Ein neues Gerät bittet darum, deinem Konto hinzugefügt zu werden.
panel-you-knocked = Du hast angeklopft. Ein Admin dieser Community lässt dich herein; du kannst das Fenster inzwischen schließen.
panel-cannot-open = Diese Community lässt sich nicht öffnen: { $reason }
panel-write-key = Schreib deinen Wiederherstellungsschlüssel auf: Ohne ihn ist ein verlorener Computer ein verlorenes Konto.
panel-show-it = Zeigen
panel-people-wait =
    { $count ->
        [one] Jemand wartet auf Einlass.
       *[other] { $count } Leute warten auf Einlass.
    }
panel-retry-now = Es wird jetzt wieder versucht.
panel-retry-seconds =
    { $seconds ->
        [one] Es wird in 1 Sekunde wieder versucht.
       *[other] Es wird in { $seconds } Sekunden wieder versucht.
    }
panel-retry-minutes = Es wird in { $minutes } Minuten wieder versucht.
panel-not-connected = Nicht verbunden: { $reason }. { $next }
panel-dismiss = Ausblenden
panel-choose-files = Dateien zum Senden wählen
panel-choose-portrait = Ein Bild von dir wählen
panel-pictures = Bilder
panel-no-file-dialog = Kein Dateidialog hat sich geöffnet: Zieh Dateien hierher, oder tippe /file und einen Pfad
panel-no-dialog = Kein Dateidialog hat sich geöffnet. Installiere zenity oder xdg-desktop-portal mit dem Teil für deinen Desktop, und versuch es noch einmal.
panel-messages = Nachrichten
panel-show-channels = Kanäle zeigen
panel-show-members = Mitglieder zeigen
panel-only-you-two = nur du und die andere Person lest das
panel-people-read =
    { $count ->
        [one] nur du liest das
       *[other] { $count } Leute lesen das
    }
panel-channel-menu = Menü des Kanals
panel-waiting-in = Warten auf Einlass
panel-admin-sees = Ein Admin sieht, dass du angeklopft hast. Sag ihm Bescheid, wenn du ihn anders erreichst.
panel-first-channel = Mach den ersten Kanal
panel-first-channel-words = In Kanälen schreibt und spricht man. Du kannst sie später umbenennen und löschen.
panel-nothing-yet = Noch nichts hier
panel-admin-makes-first = Ein Admin macht den ersten Kanal; er erscheint hier von selbst.
panel-nothing-shown = Es lässt sich nichts zeigen
panel-unusable-words = Was dieses Gerät von der Community hat, ist nicht zu gebrauchen. Die Zeile oben sagt, was zu tun ist.
panel-opening = Wird geöffnet
panel-takes-a-moment = Das dauert einen Moment.
panel-fetching-channels = Die Kanäle werden geholt
panel-your-fingerprint = Dein Fingerabdruck: { $fingerprint }
panel-same-fingerprint = Der Admin sieht denselben, wenn niemand dazwischenkam.
panel-make-channel = Einen Kanal machen
panel-invite-people = Leute einladen
panel-create-channel = Kanal erstellen
panel-unopenable = Lässt sich nicht öffnen
panel-connecting = Verbindet
panel-catching-up = Holt Verpasstes nach
panel-offline = Offline
panel-no-member = Kein Mitglied mehr
panel-unnamed = Name noch nicht bekannt
panel-channels-let-in = Hier erscheinen Kanäle, sobald du hereingelassen bist.
panel-channels-fetched = Hier erscheinen Kanäle, sobald sie geholt sind.
panel-no-channels-make = Es gibt noch keine Kanäle. Mach den ersten.
panel-no-channels = Es gibt noch keine Kanäle. Ein Admin macht sie.
panel-let-read-all = Neue alles lesen lassen
panel-read-from-now = Neue lesen ab jetzt
panel-add-people = Leute hinzufügen…
panel-leave-channel = Kanal verlassen…
panel-delete-channel = Kanal löschen
panel-direct = Direkt
panel-kind-private = privat
panel-kind-online = online
panel-kind-away = abwesend
panel-kind-offline = offline
panel-kind-conversation = Unterhaltung
panel-kind-quiet = Benachrichtigungen aus
panel-unread = { $unread } ungelesen
panel-in-conversation = In dieser Unterhaltung
panel-in-channel = In diesem Kanal
panel-admin = Admin
panel-founder = Gründer
panel-offline-members = Offline
panel-wait =
    { $count ->
        [one] 1 wartet auf Einlass
       *[other] { $count } warten auf Einlass
    }
panel-verified = geprüft
panel-message-them = Nachricht
panel-compare-words = Sicherheitswörter vergleichen…
panel-take-out-of-channel = Aus diesem Kanal nehmen
panel-make-admin = Zum Admin machen
panel-make-member = Zum einfachen Mitglied machen
panel-make-founder = Zum Gründer machen…
panel-remove-them = Entfernen…
panel-leave-community = Die Community verlassen…
panel-join-another = Einer weiteren Community beitreten
panel-search-messages = Nachrichten suchen
panel-mention-you = { $count } davon erwähnen dich
panel-filter-from = wer es geschrieben hat
panel-filter-in = der Kanal
panel-filter-before = ein Tag, wie 2026-11-22
panel-filter-day = ein Tag
panel-filter-link = mit einem Link
panel-filter-file = mit einer Datei
panel-filter-picture = mit einem Bild
panel-close-named = { $name } schließen
panel-search-hint = Wörter, oder from: in: before: has:
panel-reading-older = Ältere Nachrichten werden gelesen, { $percent } %
panel-narrow = Alle Wörter müssen in einer Nachricht stehen. Diese grenzen ein:
panel-show-more = Mehr zeigen
panel-found-in = { $name } in { $place }, { $time }: { $words }
panel-found-files =
    { $count ->
        [one] 1 Datei
       *[other] { $count } Dateien
    }
panel-search = Suchen
panel-found-nothing = Nichts gefunden.
panel-pinned = Angepinnte Nachrichten
panel-nothing-pinned = Hier ist nichts angepinnt. Das Menü einer Nachricht pinnt sie an.
panel-undeafen = Ton an
panel-show-quality = Qualität des Gesprächs zeigen
panel-go-to = Zu einem Kanal oder einer Person gehen
panel-show-pinned = Angepinnte Nachrichten zeigen
panel-go-to-day = Zu einem Tag gehen
panel-create-a-channel = Einen Kanal erstellen
panel-see-who-waits = Sehen, wer auf Einlass wartet
panel-settings-meter = Einstellungen: Stimmanzeige
panel-settings-audio = Einstellungen: Ton
panel-settings-talking = Einstellungen: Sprechen
panel-settings-look = Einstellungen: Aussehen
panel-settings-keyboard = Einstellungen: Tastatur
panel-settings-device = Einstellungen: dieses Gerät
panel-dark-colours = Dunkle Farben
panel-light-colours = Helle Farben
panel-system-colours = Farben wie das System
panel-let-move = Bewegung zulassen
