line-unconfirmed = Inget senare meddelande går ännu i god för dess plats: till dess säger bara servern att inget saknas före det.
line-message-from = Meddelande från { $name }, { $time }
line-add-reaction = Lägg till reaktion
line-add-reaction-key = Lägg till en reaktion (+)
line-reply = Svara
line-reply-key = Svara (R)
line-edit-message = Redigera meddelandet
line-edit-key = Redigera (E)
line-more = Mer
line-more-key = Mer (M)
line-menu-reaction = Lägg till reaktion…
line-menu-reply = Svara på det
line-menu-edit = Redigera
line-take-pin-off = Ta bort nålen
line-pin = Nåla fast
line-menu-versions = Visa tidigare versioner
line-copy-text = Kopiera texten
line-copy-link-to = Kopiera länken till { $host }
line-menu-delete = Radera…
line-leads-to = Leder till { $host }
line-copy-code = Kopiera koden
line-new-since = Nytt sedan { $time }
line-clocks-differ = Klockan hos { $name } säger { $theirs }, serverns { $server }
line-picture-named = Bild { $name }, { $size }
line-being-fetched = { $name }, hämtas
line-save-named = Spara { $name }
line-press-again = { $why } Tryck för att försöka igen.
line-more-for = Mer för { $name }
line-delete-file = Radera från servern…
line-file-about = Fil { $name }, { $words }
line-stop-fetching = Sluta hämta { $name }
line-try-save-again = Försök spara { $name } igen
line-so-far = { $done } av { $total }
line-percent = { $share } procent
line-sending = Skickas
line-waiting-to-send = Väntar på att skickas
line-writes = { $name } skriver: { $words }
line-sends = { $name } skickar: { $words }
line-messages-wait = { $count } meddelanden: { $why }
line-somebody = någon
line-claims-from = Ett meddelande som påstår sig komma från { $from } avvisades: { $why }
line-beginning-with = Här börjar din konversation med { $name }
line-beginning-of = Här börjar { $name }
line-readable-two = Ingen annan läser det som sägs här: varken andra medlemmar eller servern.
line-readable-private-since = Bara de som är i den här kanalen kan läsa den, var och en från det att de gick med; andra medlemmar och servern kan inte.
line-readable-private = Bara de som är i den här kanalen kan läsa den; andra medlemmar och servern kan inte.
line-readable-since = Varje medlem läser det som sägs från det att de gick med; servern kan inte läsa något av det.
line-readable = Det som sägs här kan bara medlemmarna läsa; servern kan inte läsa det.
line-fetching-earlier = Hämtar tidigare meddelanden
line-show-earlier = Visa tidigare meddelanden
line-fetching-later = Hämtar senare meddelanden
line-show-later = Visa senare meddelanden
line-only-you-see = Bara du ser detta
line-files-count =
    { $count ->
        [one] en fil
       *[other] { $count } filer
    }
line-a-deleted = ett raderat meddelande
line-not-here = ett meddelande som inte finns här
line-answer-to = Svar till { $from }: { $words }
line-you = du
line-left-somebody = någon som har lämnat
line-more-names = { $count } till
line-names-and = { $names } och { $last }
line-another-reaction = Lägg till en reaktion till
line-edited-show = Redigerat: visa tidigare versioner
line-show-before = Visa vad det stod innan
line-name-deleted = { $name } raderade det här meddelandet
line-deleted = Meddelandet raderat
line-to-latest = Gå till det senaste
line-new-messages =
    { $count ->
        [one] 1 nytt meddelande
       *[other] { $count } nya meddelanden
    }
line-to-unread = Gå till det första olästa
line-drop-files =
    { $count ->
        [one] Släpp för att skicka: { $name }
       *[other] Släpp för att skicka { $count } filer: { $name }
    }
line-attached = Bifogat: { $name }
line-take-off = Ta bort { $name }
line-too-many-files = { $count } filer: ett meddelande tar högst { $most }; ta bort några och skicka dem efteråt.
line-too-long = { $over } byte för långt: korta det, eller skicka det i delar. Det ligger kvar här.
line-bytes-left = { $left } byte kvar
line-attach = Bifoga filer
line-attach-hint = Bifoga filer; du kan också släppa eller klistra in dem
line-choose-emoji = Välj en emoji
line-send = Skicka
line-send-key = Skicka (Enter)
line-further-up = ett meddelande längre upp
line-editing = Redigerar ditt meddelande
line-replying = Svarar på
line-replying-to = Svarar { $name }
line-stop-editing = Sluta redigera
line-do-not-reply = Svara inte
line-settle-first = Inget skickas förrän varningen ovan är utredd
line-no-member = Du är inte medlem här längre
line-once-let-in = Du kan skriva när en admin har släppt in dig
line-message-to = Meddelande till { $channel }
line-preparing = Gör filerna redo att skickas
line-when-back = Det du skriver skickas när servern är tillbaka
line-one-writes = { $one } skriver…
line-two-write = { $one } och { $two } skriver…
line-several-write = Flera skriver…
line-slash-help = Vad man kan skriva här
line-slash-list = Alla kanaler
line-slash-join = Öppna en kanal
line-slash-message = Öppna konversationen med någon
line-slash-create = Skapa en kanal för alla
line-slash-private = Skapa en privat kanal
line-slash-add = Lägg till någon i den här privata kanalen
line-slash-leave = Lämna den här privata kanalen
line-slash-rename = Ge den här kanalen ett annat namn
line-slash-delete = Radera en kanal
line-slash-file = Skicka en fil
line-slash-picture = Visa andra en annan bild av dig själv
line-slash-voice-join = Gå med i den här kanalens samtal
line-slash-voice-leave = Lämna samtalet
line-slash-mute = Sluta sända din röst
line-slash-unmute = Sänd din röst igen
line-slash-invite = Skapa en inbjudningslänk
line-slash-reset = Börja om den här kanalens nycklar när de är trasiga
line-slash-clear = Ta bort en varning om servern
