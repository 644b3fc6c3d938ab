span-seconds = { $count ->
    [one] 1 Sekunde
   *[other] { $count } Sekunden
}
span-minutes = { $count ->
    [one] 1 Minute
   *[other] { $count } Minuten
}
span-hours = { $count ->
    [one] 1 Stunde
   *[other] { $count } Stunden
}
span-days = { $count ->
    [one] 1 Tag
   *[other] { $count } Tage
}
span-weeks = { $count ->
    [one] 1 Woche
   *[other] { $count } Wochen
}
rules-writing = Wer schreibt
rules-everyone = Alle
rules-admins = Nur Admins
rules-writing-hint = Alle können weiterhin reagieren und zurücknehmen, was sie geschrieben haben.
rules-speaking = Wer in seinen Gesprächen spricht
rules-speaking-hint = Alle können weiterhin zuhören.
rules-pause = Pause zwischen den Nachrichten eines Mitglieds
rules-pause-none = Keine
rules-pause-hint = Der Server hält sie ein. Admins haben keine Pause.
line-admins-write = In diesem Kanal schreiben nur Admins. Du kannst auf das reagieren, was sie schreiben.
line-pause = Dieser Kanal hat eine Pause zwischen Nachrichten. Die nächste kannst du in { $rest } senden.
voice-admins-speak = In den Gesprächen dieses Kanals sprechen nur Admins. Du kannst zuhören.
notice-rules-open-channels = Diese Einstellungen haben nur Kanäle, in denen alle sind.
notice-admins-rules = Nur Admins bestimmen, wer in einem Kanal schreibt und spricht, und wie schnell.
notice-admins-write = In diesem Kanal schreiben nur Admins.
notice-not-theirs-to-write = Eine Nachricht von jemandem, der in diesem Kanal nicht schreiben darf, wurde nicht angenommen.
notice-held-pause = Dieser Kanal hat eine Pause zwischen Nachrichten. Was du geschrieben hast, wartet hier und wird von selbst gesendet.
chronicle-all-write = { $who } lässt alle schreiben: { $channel }.
chronicle-admins-write = { $who } lässt nur Admins schreiben: { $channel }.
chronicle-all-speak = { $who } lässt alle in den Gesprächen sprechen: { $channel }.
chronicle-admins-speak = { $who } lässt nur Admins in den Gesprächen sprechen: { $channel }.
chronicle-pause = { $who } hat eine Pause von { $pause } zwischen den Nachrichten eines Mitglieds gesetzt: { $channel }.
chronicle-no-pause = { $who } hat die Pause zwischen Nachrichten aufgehoben: { $channel }.
chronicle-set-unknown = { $who } hat eine Einstellung geändert, die diese Version nicht kennt: { $channel }.
notice-vanished-unseen = Sie sollte verschwinden und war vom Server gelöscht, bevor dieses Gerät sie hatte
notice-stays-now = Was ab hier geschrieben wird, bleibt.
notice-vanishes-now = Was ab hier geschrieben wird, verschwindet nach { $span }.
notice-vanish-not-yours = Nur wer diesen Kanal ändern darf, bestimmt, wie lange Nachrichten bleiben.
notice-names-gone = er sagt, ein Name sei verschwunden, und Namen verschwinden nie
chronicle-stays = { $who } lässt Nachrichten bleiben: { $channel }.
chronicle-vanishes = { $who } lässt Nachrichten verschwinden nach { $span }: { $channel }.
vanish-setting = Wie lange Nachrichten bleiben
vanish-for-good = Für immer
vanish-hint = Gilt für das, was ab jetzt geschrieben wird. Dann löscht es jedes Gerät und auch der Server; wer es gelesen hat, kann es aufgehoben haben.
vanish-title = Nachrichten verschwinden nach { $span }
vanish-below = Was du hier schreibst, verschwindet nach { $span }.
vanish-at = Verschwindet: { $when }
vanish-menu = Wie lange Nachrichten bleiben…
panel-server-newer = Dieser Server ist neuer als diese App. Manches fehlt vielleicht, bis du sie aktualisierst.
panel-server-older = Dieser Server ist älter als diese App. Manches fehlt vielleicht, bis er aktualisiert wird.
