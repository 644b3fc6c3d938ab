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
