panel-nothing-sent = Inget skickas här: { $alarm }
panel-begin-anew = Börja om…
panel-new-device = En ny enhet ber om att läggas till i ditt konto.
panel-you-knocked = Du har knackat på. En admin i den här gemenskapen släpper in dig; du kan stänga fönstret under tiden.
panel-cannot-open = Den här gemenskapen kan inte öppnas: { $reason }
panel-write-key = Skriv upp din återställningsnyckel: utan den är en förlorad dator ett förlorat konto.
panel-show-it = Visa den
panel-people-wait =
    { $count ->
        [one] Någon väntar på att bli insläppt.
       *[other] { $count } personer väntar på att bli insläppta.
    }
panel-retry-now = Försöker igen nu.
panel-retry-seconds =
    { $seconds ->
        [one] Försöker igen om 1 sekund.
       *[other] Försöker igen om { $seconds } sekunder.
    }
panel-retry-minutes = Försöker igen om { $minutes } minuter.
panel-not-connected = Inte ansluten: { $reason }. { $next }
panel-dismiss = Dölj
panel-choose-files = Välj filer att skicka
panel-choose-portrait = Välj en bild av dig själv
panel-pictures = Bilder
panel-no-file-dialog = Ingen fildialog öppnades: släpp filer här, eller skriv /file och en sökväg
panel-no-dialog = Ingen fildialog öppnades. Installera zenity, eller xdg-desktop-portal med delen för ditt skrivbord, och försök igen.
panel-messages = Meddelanden
panel-show-channels = Visa kanalerna
panel-show-members = Visa medlemmarna
panel-only-you-two = bara ni två läser detta
panel-people-read =
    { $count ->
        [one] bara du läser detta
       *[other] { $count } personer läser detta
    }
panel-channel-menu = Kanalens meny
panel-waiting-in = Väntar på att bli insläppt
panel-admin-sees = En admin ser att du har knackat på. Säg till, om du når dem på något annat sätt.
panel-first-channel = Skapa den första kanalen
panel-first-channel-words = I kanaler skriver och talar man. Du kan byta namn på dem och radera dem senare.
panel-nothing-yet = Inget här ännu
panel-admin-makes-first = En admin skapar den första kanalen; den dyker upp här av sig själv.
panel-nothing-shown = Inget kan visas
panel-unusable-words = Det som den här enheten har av gemenskapen går inte att använda. Raden ovan säger vad du kan göra.
panel-opening = Öppnar
panel-takes-a-moment = Det tar ett ögonblick.
panel-fetching-channels = Hämtar kanalerna
panel-your-fingerprint = Ditt fingeravtryck: { $fingerprint }
panel-same-fingerprint = Admin ser samma, om ingen har kommit emellan.
panel-make-channel = Skapa en kanal
panel-invite-people = Bjud in folk
panel-create-channel = Skapa kanal
panel-unopenable = Kan inte öppnas
panel-connecting = Ansluter
panel-catching-up = Kommer ikapp
panel-offline = Offline
panel-no-member = Inte längre medlem
panel-unnamed = namn ännu okänt
panel-channels-let-in = Kanaler visas här när du har släppts in.
panel-channels-fetched = Kanaler visas här när de har hämtats.
panel-no-channels-make = Det finns inga kanaler ännu. Skapa den första.
panel-no-channels = Det finns inga kanaler ännu. En admin skapar dem.
panel-let-read-all = Låt nykomlingar läsa allt
panel-read-from-now = Nykomlingar läser från och med nu
panel-add-people = Lägg till folk…
panel-leave-channel = Lämna kanalen…
panel-delete-channel = Radera kanalen
panel-direct = Direkt
panel-kind-private = privat
panel-kind-online = online
panel-kind-away = borta
panel-kind-offline = frånkopplad
panel-kind-conversation = konversation
panel-kind-quiet = aviseringar av
panel-unread = { $unread } olästa
panel-in-conversation = I den här konversationen
panel-in-channel = I den här kanalen
panel-admin = admin
panel-founder = grundare
panel-offline-members = Frånkopplade
panel-wait =
    { $count ->
        [one] 1 väntar på att bli insläppt
       *[other] { $count } väntar på att bli insläppta
    }
panel-verified = verifierad
panel-message-them = Meddelande
panel-compare-words = Jämför säkerhetsord…
panel-take-out-of-channel = Ta ut ur den här kanalen
panel-make-admin = Gör till admin
panel-make-member = Gör till vanlig medlem
panel-make-founder = Gör till grundare…
panel-remove-them = Ta bort…
panel-leave-community = Lämna gemenskapen…
panel-join-another = Gå med i en annan gemenskap
panel-search-messages = Sök meddelanden
panel-mention-you = { $count } av dem nämner dig
panel-filter-from = vem som skrev det
panel-filter-in = kanalen
panel-filter-before = en dag, som 2026-11-22
panel-filter-day = en dag
panel-filter-link = med en länk
panel-filter-file = med en fil
panel-filter-picture = med en bild
panel-close-named = Stäng { $name }
panel-search-hint = Ord, eller from: in: before: has:
panel-reading-older = Läser äldre meddelanden, { $percent } %
panel-narrow = Alla ord måste finnas i ett meddelande. Dessa begränsar:
panel-show-more = Visa fler
panel-found-in = { $name } i { $place }, { $time }: { $words }
panel-found-files =
    { $count ->
        [one] 1 fil
       *[other] { $count } filer
    }
panel-search = Sök
panel-found-nothing = Inget hittades.
panel-pinned = Fastnålade meddelanden
panel-nothing-pinned = Inget är fastnålat här. Ett meddelandes meny nålar fast det.
panel-undeafen = Slå på ljudet
panel-show-quality = Visa samtalets kvalitet
panel-go-to = Gå till en kanal eller person
panel-show-pinned = Visa fastnålade meddelanden
panel-go-to-day = Gå till en dag
panel-create-a-channel = Skapa en kanal
panel-see-who-waits = Se vem som väntar på att bli insläppt
panel-settings-meter = Inställningar: röstmätare
panel-settings-audio = Inställningar: ljud
panel-settings-talking = Inställningar: tala
panel-settings-look = Inställningar: utseende
panel-settings-keyboard = Inställningar: tangentbord
panel-settings-device = Inställningar: den här enheten
panel-dark-colours = Mörka färger
panel-light-colours = Ljusa färger
panel-system-colours = Färger som systemet
panel-let-move = Låt saker röra sig
