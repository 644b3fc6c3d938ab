history-somebody = Jemand
history-somebody-within = jemanden
history-member = Mitglied { $short }
history-founded = { $who } hat die Community gegründet.
history-invited =
    { $count ->
        [one] { $who } hat eine Einladung für eine Person gemacht.
       *[other] { $who } hat eine Einladung für { $count } Leute gemacht.
    }
history-invited-admins =
    { $count ->
        [one] { $who } hat eine Einladung für eine Person gemacht, als Admin.
       *[other] { $who } hat eine Einladung für { $count } Leute gemacht, als Admins.
    }
history-took-back = { $who } hat eine Einladung von { $issuer } zurückgenommen.
history-took-back-own = { $who } hat eine eigene Einladung zurückgenommen.
history-joined-by = { $who } ist mit einer Einladung von { $issuer } beigetreten.
history-joined = { $who } ist mit einer Einladung beigetreten.
history-let-in = { $who } hat { $name } hereingelassen, auf das Wort des Servers hin.
history-device-added = { $who } hat ein Gerät hinzugefügt.
history-device-added-by-key = { $who } hat ein Gerät hinzugefügt, mit dem Schlüssel des Kontos.
history-device-out = { $who } hat ein Gerät von { $name } herausgenommen.
history-device-out-own = { $who } hat ein eigenes Gerät herausgenommen.
history-account-key = { $who } hat den eigenen Kontoschlüssel gewechselt.
history-left = { $who } ist gegangen.
history-removed = { $who } hat { $name } entfernt.
history-banned = { $who } hat { $name } entfernt und gesperrt.
history-keys-again = { $who } hat die Schlüssel für { $what } neu begonnen.
history-server-key = { $who } hat einen neuen Identitätsschlüssel des Servers bestätigt.
history-ordinary-again = { $who } ist wieder ein einfaches Mitglied.
history-made-member = { $who } hat { $name } zum einfachen Mitglied gemacht.
history-made-admin = { $who } hat { $name } zum Admin gemacht.
history-passed-on = { $who } hat die Rolle des Gründers an { $name } weitergegeben.
history-themselves = sich selbst
history-voice-ordinary = { $who } lässt alle { $name } wieder wie andere hören.
history-voice-muted = { $who } hat { $name } für alle stummgeschaltet.
history-voice-priority = { $who } hat { $name } Vorrang vor anderen Stimmen gegeben.
history-read-all = { $who } lässt Neue { $channel } ganz lesen.
history-read-from-joining = { $who } lässt Neue { $channel } nur ab ihrem Beitritt lesen.
history-channel-deleted = { $who } hat { $channel } gelöscht.
history-channel-made = { $who } hat { $channel } gemacht.
history-private-named = den privaten Kanal { $name }
history-channel-named = den Kanal #{ $name }
history-private-unnamed = einen privaten Kanal oder eine Unterhaltung
history-channel-unnamed = einen Kanal, dessen Name hier nicht bekannt ist
history-all-open = alle offenen Kanäle
history-a-private = einen privaten Kanal
