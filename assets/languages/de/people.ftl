people-channel-settings = Einstellungen des Kanals
people-channel-settings-menu = Einstellungen des Kanals…
people-channel-gone = Diesen Kanal gibt es nicht mehr.
people-channel-open-words = Alle Mitglieder sehen seinen Namen und sein Thema; der Server nicht.
people-channel-private-words = Nur wer dazugehört, sieht seinen Namen und sein Thema; der Server nicht.
people-name = Name
people-topic = Thema
people-topic-hint = Worum es geht
people-list-heading = Überschrift in der Liste
people-list-heading-none = Keine
people-newcomers = Was Neue lesen
people-newcomers-all = Alles
people-newcomers-joining = Ab dem Beitritt
people-newcomers-hint = Es gilt ab jetzt: Wer Schlüssel hat, behält sie.
people-history = Geschichte der Community
people-history-words = Jede Änderung, unterschrieben von dem, der sie gemacht hat, und geprüft von jedem Mitglied. Ihre Reihenfolge ist sicher; wann jede gemacht wurde, steht nirgends.
people-kind-everything = Alles
people-kind-people = Wer kam und ging
people-kind-roles = Rollen und Stimmen
people-kind-devices = Geräte und Kontoschlüssel
people-kind-invites = Einladungen
people-kind-keys = Schlüssel der Community
people-find = Suchen
people-find-hint = Ein Name, ein Kanal, eine Nummer
people-what-is-shown = Was gezeigt wird
people-by-everybody = Von allen und über alle
people-by-named = Von { $name } und über { $name }
people-about-whom = Über wen
people-reading = Wird gelesen…
people-history-nothing = So etwas steht nicht in der Geschichte.
people-show-earlier = Frühere zeigen
people-entry = Eintrag { $number }
people-invites = Einladungen
people-invites-words = Wer so einen Link hat, kann beitreten, bis er verbraucht, abgelaufen oder zurückgenommen ist. Der Link selbst wird nirgends aufbewahrt.
people-new-invite = Neue Einladung
people-no-invite-open = Gerade ist keine Einladung offen.
people-show-over =
    { $count ->
        [one] Die erledigte zeigen
       *[other] Die { $count } erledigten zeigen
    }
people-take-back-entry = Eintrag { $number } zurücknehmen
people-take-back = Zurücknehmen
people-invite-used = { $name } · { $used } von { $uses } benutzt
people-invite-open = Offen bis { $day }, { $time }
people-invite-used-up = Verbraucht
people-invite-expired = Abgelaufen: { $day }
people-invite-void = Zurückgenommen, oder wer sie gemacht hat, darf nicht mehr einladen
people-invite-state = { $state } · Eintrag { $number }
people-invite-state-admins = { $state } · macht Admins · Eintrag { $number }
people-used-by = Benutzt von { $names }
people-used-by-more = Benutzt von { $names } und { $count } weiteren
people-all-invites = Alle Einladungen
people-link-as-code = Der Link als QR-Code
people-hide-code = Code verbergen
people-show-code = Als Code zeigen
people-not-member = Kein Mitglied mehr
people-not-member-words = Die Geschichte der Community sagt, was geschehen ist.
people-what-they-did = Was diese Person hier getan hat…
people-picture-of = Bild von { $name }
people-is-here =
    { $role ->
        [member] Mitglied
        [admin] Admin
       *[founder] Gründer
    } · { $here }
people-alike-before = Ein anderes Mitglied, { $like }, hat fast denselben Namen und war früher hier.
people-alike = Ein anderes Mitglied hat fast denselben Namen: { $like }
people-alike-row = ein Name wie ein anderer
people-trust-entry = { $trust } Eintrag { $number }.
people-compared = Ihr habt Sicherheitswörter verglichen, und der Schlüssel ist noch derselbe.
people-not-compared = Du hast mit dieser Person keine Sicherheitswörter verglichen.
people-muted-for-all = Von einem Admin für alle stummgeschaltet.
people-heard-first = Vor anderen Stimmen zu hören.
people-you-ignore = Du ignorierst diese Person, auf diesem Computer.
people-devices =
    { $count ->
        [0] Kein Gerät, das hier lesen darf.
        [one] Ein Gerät, hinzugefügt mit Eintrag { $entries }.
       *[other] { $count } Geräte, hinzugefügt mit den Einträgen { $entries }.
    }
people-change-name = Deinen Namen ändern
people-name-here = Dein Name hier
people-name-words = Alle in dieser Community sehen ihn. Du meldest dich weiter mit dem Namen an, den du registriert hast.
people-password-title = Dein Passwort in { $name } ändern
people-password-words = Es beweist dem Server, wer du bist. Öffnet es auch die Schlüssel auf diesem Computer, wird das mit geändert. Deine anderen Geräte behalten das Passwort, das sie für ihre eigenen Schlüssel haben.
people-password-old = Bisheriges Passwort
people-password-new = Neues Passwort
people-password-again = Neues Passwort noch einmal
people-password-differs = Das ist nicht dasselbe wie oben.
people-password-hint = Mindestens acht Zeichen. Niemand kann es zurücksetzen, auch der Server nicht.
people-change = Ändern
people-change-password = Passwort ändern…
people-export-title = Deinen Verlauf von { $name } mitnehmen
people-export-button = Deinen Verlauf von { $name } mitnehmen…
people-export-words = Jeder Kanal, den du lesen kannst, wird in einen neuen Ordner bei deinen Downloads geschrieben: ein Text zum Lesen, Zeilen in JSON für Programme, und die Dateien, die auf diesem Computer sind.
people-export-warning = Was geschrieben wird, ist nicht verschlossen: Wer an den Ordner kommt, liest alles.
people-export-begin = Schreiben
people-export-written =
    { $messages ->
        [one] 1 Nachricht
       *[other] { $messages } Nachrichten
    } und { $files ->
        [one] 1 Datei
       *[other] { $files } Dateien
    }
people-export-working = Wird geschrieben: bisher { $written }.
people-export-done = { $written } liegen in { $folder }.
people-export-stopped = Angehalten: { $written } liegen in { $folder }.
people-export-failed = Nach { $written } ging es nicht weiter: { $why }.
people-wipe-title = Diesen Computer leeren?
people-wipe-words = Schlüssel, Verlauf, Dateien und Einstellungen aller Communitys werden hier gelöscht. Deine Konten bleiben auf ihren Servern: Du kommst über ein anderes Gerät oder mit deinem Wiederherstellungsschlüssel zurück, sonst sind sie verloren. Was du anderswo gespeichert hast, bleibt. Es lässt sich nicht zurücknehmen.
people-wipe-type = Tippe „{ $words }“, um weiterzumachen
people-wipe = Leeren
people-wipe-button = Diesen Computer leeren…
people-remove-why = Warum (diese Person und alle Mitglieder lesen es)
people-remove-why-hint = Du musst keinen Grund nennen
people-ignore = Ignorieren
people-listen-to-them = Wieder zuhören
people-ignored-row = ignoriert
people-profile = Profil…
people-ignored-messages =
    { $count ->
        [one] 1 Nachricht von { $name }, von dir ignoriert
       *[other] { $count } Nachrichten von { $name }, von dir ignoriert
    }
people-show-anyway = Trotzdem zeigen
people-ignored-in = Leute, die du in { $community } ignorierst
people-listen-to-named = { $name } wieder zuhören
people-listen-again = Wieder zuhören
people-ignored-words = Das bleibt auf diesem Computer; sie erfahren es nicht.
people-lock-away = Sperren, wenn niemand da ist
people-lock-away-words = Nach so langer Zeit ohne Tastatur und Maus in diesem Fenster; nicht, während du in einem Gespräch bist.
people-minutes = { $minutes } Min.
people-never = Nie
people-along-and-wipe = Mitnehmen und leeren
line-slash-a-channel = Kanal
line-slash-a-person = Person
line-slash-a-name = Name
line-slash-a-path = Pfad
