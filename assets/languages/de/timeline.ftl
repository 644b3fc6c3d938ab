line-unconfirmed = Noch bürgt keine spätere Nachricht für ihren Platz: Bis dahin sagt nur der Server, dass davor nichts fehlt.
line-message-from = Nachricht von { $name }, { $time }
line-add-reaction = Reaktion hinzufügen
line-add-reaction-key = Eine Reaktion hinzufügen (+)
line-reply = Antworten
line-reply-key = Antworten (R)
line-edit-message = Nachricht bearbeiten
line-edit-key = Bearbeiten (E)
line-more = Mehr
line-more-key = Mehr (M)
line-menu-reaction = Reaktion hinzufügen…
line-menu-reply = Darauf antworten
line-menu-edit = Bearbeiten
line-take-pin-off = Loslösen
line-pin = Anpinnen
line-menu-versions = Frühere Fassungen zeigen
line-copy-text = Text kopieren
line-copy-link-to = Link zu { $host } kopieren
line-menu-delete = Löschen…
line-leads-to = Führt zu { $host }
line-copy-code = Code kopieren
line-new-since = Neu seit { $time }
line-clocks-differ = Die Uhr von { $name } sagt { $theirs }, die des Servers { $server }
line-picture-named = Bild { $name }, { $size }
line-being-fetched = { $name }, wird geholt
line-save-named = { $name } speichern
line-press-again = { $why } Drück, um es noch einmal zu versuchen.
line-more-for = Mehr zu { $name }
line-delete-file = Vom Server löschen…
line-file-about = Datei { $name }, { $words }
line-stop-fetching = { $name } nicht weiter holen
line-try-save-again = Noch einmal versuchen, { $name } zu speichern
line-so-far = { $done } von { $total }
line-percent = { $share } Prozent
line-sending = Wird gesendet
line-waiting-to-send = Wartet auf das Senden
line-writes = { $name } schreibt: { $words }
line-sends = { $name } sendet: { $words }
line-messages-wait = { $count } Nachrichten: { $why }
line-somebody = jemand
line-claims-from = Eine Nachricht, die behauptet, von { $from } zu sein, wurde abgelehnt: { $why }
line-beginning-with = Das ist der Anfang deiner Unterhaltung mit { $name }
line-beginning-of = Das ist der Anfang von { $name }
line-readable-two = Niemand sonst liest, was hier gesagt wird: weder andere Mitglieder noch der Server.
line-readable-private-since = Nur die Leute in diesem Kanal können ihn lesen, jeder ab seinem Beitritt; andere Mitglieder und der Server nicht.
line-readable-private = Nur die Leute in diesem Kanal können ihn lesen; andere Mitglieder und der Server nicht.
line-readable-since = Jedes Mitglied liest, was ab seinem Beitritt gesagt wird; der Server kann nichts davon lesen.
line-readable = Was hier gesagt wird, können nur die Mitglieder lesen; der Server kann es nicht lesen.
line-fetching-earlier = Frühere Nachrichten werden geholt
line-show-earlier = Frühere Nachrichten zeigen
line-fetching-later = Spätere Nachrichten werden geholt
line-show-later = Spätere Nachrichten zeigen
line-only-you-see = Nur du siehst das
line-files-count =
    { $count ->
        [one] eine Datei
       *[other] { $count } Dateien
    }
line-a-deleted = eine gelöschte Nachricht
line-not-here = eine Nachricht, die nicht hier ist
line-answer-to = Antwort auf { $from }: { $words }
line-you = du
line-left-somebody = jemand, der nicht mehr da ist
line-more-names = { $count } weitere
line-names-and = { $names } und { $last }
line-another-reaction = Eine weitere Reaktion hinzufügen
line-edited-show = Bearbeitet: frühere Fassungen zeigen
line-show-before = Zeigen, was vorher dastand
line-name-deleted = { $name } hat diese Nachricht gelöscht
line-deleted = Nachricht gelöscht
line-to-latest = Zum Neuesten
line-new-messages =
    { $count ->
        [one] 1 neue Nachricht
       *[other] { $count } neue Nachrichten
    }
line-to-unread = Zum ersten Ungelesenen
line-drop-files =
    { $count ->
        [one] Loslassen, um zu senden: { $name }
       *[other] Loslassen, um { $count } Dateien zu senden: { $name }
    }
line-attached = Angehängt: { $name }
line-take-off = { $name } wegnehmen
line-too-many-files = { $count } Dateien: Eine Nachricht fasst höchstens { $most }; nimm einige weg und sende sie danach.
line-too-long = { $over } Byte zu lang: Kürze es, oder sende es in Teilen. Es bleibt hier.
line-bytes-left = noch { $left } Byte
line-attach = Dateien anhängen
line-attach-hint = Dateien anhängen; du kannst sie auch hierherziehen oder einfügen
line-choose-emoji = Ein Emoji wählen
line-send = Senden
line-send-key = Senden (Enter)
line-further-up = eine Nachricht weiter oben
line-editing = Du bearbeitest deine Nachricht
line-replying = Antwort auf
line-replying-to = Antwort an { $name }
line-stop-editing = Bearbeiten beenden
line-do-not-reply = Nicht antworten
line-settle-first = Es wird nichts gesendet, bis die Warnung oben geklärt ist
line-no-member = Du bist hier kein Mitglied mehr
line-once-let-in = Du kannst schreiben, sobald ein Admin dich hereingelassen hat
line-message-to = Nachricht an { $channel }
line-preparing = Dateien werden zum Senden bereit gemacht
line-when-back = Was du schreibst, wird gesendet, wenn der Server zurück ist
line-one-writes = { $one } schreibt…
line-two-write = { $one } und { $two } schreiben…
line-several-write = Mehrere schreiben…
line-slash-help = Was man hier tippen kann
line-slash-list = Alle Kanäle
line-slash-join = Einen Kanal öffnen
line-slash-message = Die Unterhaltung mit jemandem öffnen
line-slash-create = Einen Kanal für alle machen
line-slash-private = Einen privaten Kanal machen
line-slash-add = Jemanden zu diesem privaten Kanal hinzufügen
line-slash-leave = Diesen privaten Kanal verlassen
line-slash-rename = Diesem Kanal einen anderen Namen geben
line-slash-delete = Einen Kanal löschen
line-slash-file = Eine Datei senden
line-slash-picture = Anderen ein anderes Bild von dir zeigen
line-slash-voice-join = Am Gespräch dieses Kanals teilnehmen
line-slash-voice-leave = Das Gespräch verlassen
line-slash-mute = Deine Stimme nicht mehr senden
line-slash-unmute = Deine Stimme wieder senden
line-slash-invite = Einen Einladungslink machen
line-slash-reset = Die Schlüssel dieses Kanals neu beginnen, wenn sie kaputt sind
line-slash-clear = Eine Warnung über den Server wegnehmen
