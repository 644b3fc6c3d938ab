desk-somebody = Jemand
desk-mentioned = Du wirst erwähnt
desk-new-message = Neue Nachricht
desk-to-and-you = { $name } an { $others } und dich
desk-name-in = { $name } in { $channel }
desk-do-not-disturb = Nicht stören
desk-quiet-until = Ruhe bis { $time }
desk-notifications = Benachrichtigungen
desk-of-what = Was dir gemeldet wird
desk-aside-notifications = was dir gemeldet wird
desk-nothing-shown = Gerade kann nichts gezeigt werden: { $reason }. Dialtone versucht es weiter.
desk-show-hint = Wenn dieses Fenster im Hintergrund oder ein anderer Kanal offen ist
desk-show = Benachrichtigungen zeigen
desk-text-hint = Wer geschrieben hat, wo, und der Text: Wer deinen Bildschirm sieht, kann ihn lesen, und die Arbeitsumgebung bewahrt ihn vielleicht auf
desk-no-text-hint = Nur wer geschrieben hat, und wo; der Text bleibt in diesem Fenster
desk-show-text = Zeigen, was geschrieben wurde
desk-everything = Alles
desk-mentions = Erwähnungen
desk-nothing = Nichts
desk-every-message = Jede Nachricht
desk-in-channels = In Kanälen
desk-in-direct = In direkten Unterhaltungen
desk-mention-words = Eine Erwähnung ist dein Name nach einem @, oder @everyone von einem Admin. Das Menü eines Kanals hat eine Wahl für diesen Kanal allein.
desk-count-everywhere = Das soll überall gelten
desk-channels-own =
    { $count ->
        [one] Ein Kanal hat eine eigene Wahl.
       *[other] { $count } Kanäle haben eine eigene Wahl.
    }
desk-quiet-words = Solange es an ist, wird nichts gezeigt, und Gespräche geben keine kurzen Töne; Leute hörst du wie immer.
desk-quiet-words-until = Solange es an ist, wird nichts gezeigt, und Gespräche geben keine kurzen Töne; Leute hörst du wie immer. Es endet um { $time }.
desk-off = Aus
desk-for-hour = Eine Stunde
desk-until-tomorrow = Bis morgen
desk-on = An
desk-disturb-again = Mich wieder stören lassen
desk-quiet-hour = Eine Stunde nicht stören
desk-quiet-tomorrow = Bis morgen nicht stören
desk-tell-me-of = Melde mir
desk-as-settings =
    Wie in den Einstellungen ({ $level ->
        [all] jede Nachricht
        [mentions] Erwähnungen
       *[none] nichts
    })
desk-desktop = Arbeitsumgebung
desk-aside-desktop = Infobereich, Links, Abwesenheit
desk-tray = Infobereich
desk-starting = Starten
desk-autostart-hint = Verborgen im Infobereich, oder minimiert, wo es keinen gibt
desk-autostart = Starten, wenn ich mich anmelde
desk-links = Links
desk-links-hint = Eine Einladung, auf die du in einem Browser oder Brief drückst, wird hier gezeigt, und beigetreten wird erst, wenn du es sagst
desk-open-links = dialtone-Links mit diesem Programm öffnen
desk-being-away = Abwesenheit
desk-keep-in-tray = Im Infobereich weiterlaufen, wenn das Fenster geschlossen ist
desk-keep-in-tray-hint = Du bleibst in deinen Gesprächen und erfährst von Nachrichten; das Menü dort öffnet das Fenster wieder, und beendet Dialtone
desk-no-tray = { $reason }: Das Fenster zu schließen beendet Dialtone.
desk-away-after = Abwesend nach
desk-never-away = { $reason }; also giltst du nie als abwesend.
desk-away-words = Wenn so lange niemand diesen Computer berührt hat, giltst du als abwesend, und die Mitglieder sehen es.
desk-voice-meter-title = Dialtone Stimmanzeige
desk-pasted-picture = eingefügtes Bild.png
tray-bus-unreachable = der Nachrichtenbus der Arbeitsumgebung ist nicht zu erreichen ({ $error })
tray-bus-silent = der Nachrichtenbus der Arbeitsumgebung antwortet nicht
tray-bus-unusable = der Nachrichtenbus der Arbeitsumgebung kann nicht benutzt werden ({ $error })
tray-bus-ended = der Nachrichtenbus der Arbeitsumgebung ist beendet
tray-nobody-offers = niemand in dieser Arbeitsumgebung bietet { $service } an
tray-refused = { $service } hat abgelehnt ({ $error })
tray-cannot-ask = { $service } kann nicht gefragt werden ({ $error })
tray-silent = { $service } antwortet nicht
tray-idle-system = wie lange niemand diesen Computer berührt hat, wird auf diesem System noch nicht gefragt
tray-idle-desktop = diese Arbeitsumgebung sagt nicht, wie lange niemand den Computer berührt hat
tray-idle-x = der X-Server sagt nicht, wie lange niemand den Computer berührt hat ({ $error })
tray-x-unasked = der X-Server kann nicht gefragt werden ({ $error })
tray-file-long = die Datei ist zu lang
tray-path = der Pfad des Programms lässt sich nicht in einen Eintrag der Arbeitsumgebung schreiben
tray-not-here = Dialtone kann das auf diesem System noch nicht
tray-look-system = das Fenstersystem sagt es selbst
tray-no-notifications = Dialtone zeigt auf diesem System noch keine Benachrichtigungen
tray-notifications-ended = die Benachrichtigungen der Arbeitsumgebung sind beendet
tray-open = Öffnen
tray-failed = es ist in Dialtone ausgefallen; das Log hat mehr
tray-no-thread = es konnte kein Thread gestartet werden: { $error }
tray-unread = { $count } ungelesen
tray-call =
    { $state ->
        [deafened] im Gespräch, Ton aus
        [muted] im Gespräch, stumm
       *[open] im Gespräch
    }
tray-do-not-disturb = nicht stören
tray-nothing-new = nichts Neues
tray-system = Dialtone hat auf diesem System noch keinen Platz im Infobereich
tray-none = diese Arbeitsumgebung zeigt keinen Infobereich
tray-no-icon = das Symbol für den Infobereich kann nicht angeboten werden ({ $error })
tray-show = Dialtone öffnen
tray-quit = Beenden
