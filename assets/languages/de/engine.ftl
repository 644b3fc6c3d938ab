engine-sent-files =
    { $count ->
        [one] Hat eine Datei gesendet.
       *[other] Hat { $count } Dateien gesendet.
    }
engine-slash-help =
    /help – diese Liste
    /list – die Kanäle
    /join NAME – einen Kanal öffnen
    /message PERSON – die Unterhaltung mit jemandem öffnen
    /channel create NAME – einen Kanal für alle machen (Admins)
    /channel private NAME – einen privaten Kanal machen
    /channel add PERSON – jemanden zu diesem privaten Kanal hinzufügen
    /channel leave – diesen privaten Kanal verlassen
    /channel rename NAME – diesen Kanal umbenennen
    /channel delete NAME – den Kanal dieses Namens löschen
    /file PFAD – eine Datei senden
    /picture PFAD, /picture none – anderen ein anderes Bild von dir zeigen, oder keines
    /voice join, /voice leave – das Gespräch dieses Kanals
    /voice mute, /voice unmute – dein Mikrofon
    /server invite – einen Einladungslink machen (Admins)
    /group reset – die Schlüssel dieses Kanals neu beginnen, wenn sie kaputt sind (seine Admins; in offenen Kanälen die der Community)
    /warning clear { $words } – eine Warnung über den Server wegnehmen
    Beginne mit //, um eine Nachricht zu schreiben, die mit einem Schrägstrich beginnt.
engine-slash-voice = Schreib /voice join, leave, mute oder unmute.
engine-slash-write = Schreib { $command }.
engine-slash-unknown = Es gibt keinen Befehl /{ $command }. Schreib /help für die Liste, oder // für eine Nachricht, die mit einem Schrägstrich beginnt.
engine-slash-channel = Schreib /channel create, private, add, rename oder delete, und einen Namen; oder /channel leave.
engine-slash-name-missing =
    Es fehlt ein Name: { $command } { $what ->
        [person] PERSON
        [path] PFAD
        [picture] PFAD, oder /picture none
       *[name] NAME
    }.
engine-alarm-words = Ich habe mit den anderen verglichen
engine-wipe-word = leeren
engine-link-again = Du kommst gerade in eine Community; wenn das vorbei ist, öffne den Link noch einmal.
engine-not-set-right = Was dieser Computer von einer Community aufbewahrt, konnte nicht in Ordnung gebracht werden: { $error }
engine-keys-busy-password = Gerade geschieht etwas mit den Schlüsseln; wenn das vorbei ist, ändere das Passwort.
engine-password-both = Das Passwort ist geändert; das neue öffnet auch die Schlüssel auf diesem Computer.
engine-password-account = Das Passwort dieses Kontos ist geändert. Die Schlüssel auf diesem Computer öffnen sich mit einem anderen, wie vorher.
engine-password-failed = Das Passwort wurde nicht geändert: { $reason }
engine-password-half = der Server hat das neue, aber die Schlüssel auf diesem Computer öffnen sich mit dem vorigen ({ $error }).
engine-password-short =
    { $least ->
        [one] wähle ein Passwort mit mindestens { $least } Zeichen
       *[other] wähle ein Passwort mit mindestens { $least } Zeichen
    }
engine-password-no-answer = die Verbindung endete, während der Server das neue Passwort nahm: Eines der beiden gilt; versuch, es mit einem davon noch einmal zu ändern
engine-account-unsure = Ob dein neues Konto { $name } gemacht wurde, ist noch nicht bekannt: { $reason }
engine-wipe-other-word = Nichts wurde geleert: Das Wort, das zu tippen ist, ist „{ $word }“.
engine-wipe-busy = Gerade geschieht etwas mit den Schlüsseln; wenn das vorbei ist, leere den Computer.
engine-wipe-keys-stay = Nichts wurde geleert: Die Schlüssel konnten nicht gelöscht werden ({ $error }).
engine-wiped = Dieser Computer hat alles von Dialtone vergessen.
engine-wiped-part = Die Schlüssel sind weg, aber einige Dateien, die nur sie öffnen, konnten nicht gelöscht werden: { $error }
engine-export-deleted = (gelöscht)
engine-export-not-here = nicht auf diesem Computer
engine-file-changed = sie hat sich geändert, während sie gelesen wurde
engine-row-changed = eine Zeile des lokalen Verlaufs wurde verändert oder gehört zu einem anderen Profil ({ $table })
engine-history-unusable = der lokale Verlauf in { $path } kann nicht benutzt werden: { $reason }
engine-server-answered = der Server hat mit { $status } geantwortet
engine-more-bytes = mehr als { $limit } Byte
engine-no-host-name = der Name des Servers ist kein Rechnername
engine-no-tls-key = kein TLS-Schlüssel
engine-session-ended = die Sitzung ist beendet
engine-settings-aside = Die alte Datei ist { $path }.
engine-settings-lost = Die alte Datei konnte nicht aufbewahrt werden: { $error }.
engine-no-such-invite = So eine Einladung gibt es nicht.
engine-invite-dead = Niemand kann diese Einladung mehr benutzen.
engine-invite-not-yours = Nur wer diese Einladung gemacht hat, oder jemand mit höherem Rang, kann sie zurücknehmen.
engine-valid-name = Ein Name hat ein bis 64 sichtbare Zeichen, in einer Zeile.
engine-valid-topic = Ein Thema hat höchstens 256 Zeichen, in einer Zeile.
engine-valid-heading = Eine Überschrift hat höchstens { $most } sichtbare Zeichen.
engine-fork =
    { $what ->
        [signal] Ein Signal
       *[message] Eine Nachricht
    } ist mit einem anderen Schlüssel verschlossen als dem der Community zu jener Zeit: Vielleicht hält der Server Leute auseinander. Es wird nichts mehr gesendet; vergleiche mit den anderen auf einem anderen Weg.
engine-linux-computer = Linux-Computer
engine-windows-computer = Windows-Computer
engine-computer = Computer
engine-not-opened = sie konnte nicht geöffnet werden
engine-no-downloads = es gibt keinen Ordner für Downloads; wähle einen anderen Ort
engine-no-picture = es ist kein Bild, das hier gezeigt werden kann
engine-cannot-read = es kann nicht gelesen werden
engine-choose-picture = wähle eine Bilddatei
engine-choose-small-picture = wähle eine Bilddatei von höchstens 64 MiB
engine-gap-online = wer verbunden ist, wurde nicht gesagt
engine-gap-list = die Mitgliederliste hat eine Lücke
engine-gap-own = die Reihenfolge der eigenen Nachrichten
engine-gap-cleared = eine Warnung wurde weggenommen
engine-gap-channel = ein Kanal hat eine Lücke
engine-gap-unreadable = ein Ereignis kann nicht gelesen werden
engine-gap-before-list = ein Ereignis kam vor der Mitgliederliste
engine-gap-longer-list = ein Ereignis nennt eine längere Mitgliederliste
engine-gap-commit-list = ein Schlüsselwechsel nennt eine längere Mitgliederliste
engine-gap-commit = ein Schlüsselwechsel fehlt
engine-group-broke =
    Die Schlüsselgruppe der Community { $what ->
        [clean] kann nicht bereinigt werden
        [create] konnte nicht gemacht werden
        [again] konnte nicht neu gemacht werden
       *[enter] kann nicht betreten werden
    }: { $error }. Es wird nichts gesendet; ein Admin kann die Gruppe mit /group reset neu beginnen.
engine-conversation-broke =
    Die Schlüssel dieser Unterhaltung { $what ->
        [clean] können nicht bereinigt werden
        [create] konnten nicht gemacht werden
        [again] konnten nicht neu gemacht werden
       *[enter] sind nicht zu bekommen
    }: { $error }. Hier wird nichts gesendet; wer sich um sie kümmert, kann sie mit /group reset neu beginnen.
engine-commit-breaks-rules = Der Server hat eine Änderung der Schlüssel der Gruppe weitergegeben, die gegen die Regeln ist: { $rule }. Es wird nichts mehr gesendet.
engine-why-taken-out = jemand hat dich herausgenommen, oder du hast ihn auf einem anderen Gerät verlassen.
engine-why-left-out = wer seine Schlüssel neu begonnen hat, hat dich ausgelassen, oder jemand hat dich herausgenommen.
engine-why-hidden = der Server sagt, dass jemand dich herausgenommen hat, oder dass du ihn auf einem anderen Gerät verlassen hast. Wenn das niemand war, verbirgt er ihn: Sag es den anderen.
engine-not-in = Du bist nicht mehr in { $name }: { $why }
engine-other-people = Der Server zeigt in dieser Unterhaltung andere Leute als die, zwischen denen sie ist. Hier wird nichts gesendet; sag es den anderen.
engine-wrongly-reset = { $name } hat die Schlüssel dieser Unterhaltung neu begonnen, darf das aber nicht. Hier wird nichts mehr gesendet; macht sie neu, und sag es den anderen.
engine-who-came = In { $channel }, seit dieses Gerät zuletzt da war: { $names }.
engine-newer-version = Eine Nachricht einer Art, die diese Version nicht kennt
engine-community-damaged = der lokale Verlauf einer Community ist beschädigt ({ $error }); verschieb seine Datei und starte neu: Mitglieder teilen die Schlüssel wieder
engine-other-community = der lokale Verlauf enthält die Mitgliederliste einer anderen Community als der, der du beigetreten bist; es wird nichts gesendet. Verschieb seine Datei, und frag, wer dich eingeladen hat, auf einem anderen Weg, was geschehen ist
engine-older-recovery = Der Server hat dir eine ältere Wiederherstellungsdatei gegeben (Nummer { $came }), als deine Geräte gesendet hatten (Nummer { $sent }): Schlüssel mancher Nachrichten fehlen vielleicht, bis andere Mitglieder sie teilen. Sag es den anderen; vielleicht verbirgt der Server etwas.
engine-does-not-follow = was der Server gesendet hat, folgt nicht aufeinander ({ $what }); es geht von dem aus weiter, was hier ist
engine-connecting-anew = es wird neu verbunden
engine-slept = es wird neu verbunden, weil dieser Computer geschlafen hat
engine-removed = aus der Community entfernt
engine-stopped = angehalten
engine-keeps-not-following = Der Server sendet immer wieder, was nicht aufeinander folgt ({ $what }). Es wird nichts mehr gesendet; frag die anderen, auf einem anderen Weg, ob sie dasselbe sehen.
engine-other-list = der Server zeigt eine andere Mitgliederliste als die, die dieser Computer von der Community hat; mach nicht weiter, und frag die anderen, auf einem anderen Weg, ob sie dasselbe sehen
engine-part-failed = ein Teil des Programms ist ausgefallen, und das ist unser Fehler; bitte melde ihn. Er wird neu gestartet
engine-not-asked = { $community } wurde nicht gefragt: { $reason }
engine-empty-list = eine leere Liste
engine-export-files = { $channel } Dateien
engine-size =
    { $value } { $unit ->
        [k] KiB
        [m] MiB
        [g] GiB
        [t] TiB
        [p] PiB
       *[e] EiB
    }
