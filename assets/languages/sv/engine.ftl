engine-sent-files =
    { $count ->
        [one] Skickade en fil.
       *[other] Skickade { $count } filer.
    }
engine-slash-help =
    /help – den här listan
    /list – kanalerna
    /join NAMN – öppna en kanal
    /message PERSON – öppna konversationen med någon
    /channel create NAMN – skapa en kanal för alla (admins)
    /channel private NAMN – skapa en privat kanal
    /channel add PERSON – lägg till någon i den här privata kanalen
    /channel leave – lämna den här privata kanalen
    /channel rename NAMN – byt namn på den här kanalen
    /channel delete NAMN – radera kanalen med det namnet
    /file SÖKVÄG – skicka en fil
    /picture SÖKVÄG, /picture none – visa andra en annan bild av dig, eller ingen
    /voice join, /voice leave – den här kanalens samtal
    /voice mute, /voice unmute – din mikrofon
    /server invite – skapa en inbjudningslänk (admins)
    /group reset – börja om den här kanalens nycklar, när de är trasiga (dess admins; i öppna kanaler gemenskapens)
    /warning clear { $words } – ta bort en varning om servern
    Börja med // för att skriva ett meddelande som börjar med ett snedstreck.
engine-slash-voice = Skriv /voice join, leave, mute eller unmute.
engine-slash-write = Skriv { $command }.
engine-slash-unknown = Det finns inget kommando /{ $command }. Skriv /help för listan, eller // för ett meddelande som börjar med ett snedstreck.
engine-slash-channel = Skriv /channel create, private, add, rename eller delete, och ett namn; eller /channel leave.
engine-slash-name-missing =
    Ett namn saknas: { $command } { $what ->
        [person] PERSON
        [path] SÖKVÄG
        [picture] SÖKVÄG, eller /picture none
       *[name] NAMN
    }.
engine-alarm-words = Jag har jämfört med de andra
engine-wipe-word = töm
engine-link-again = Du är just på väg in i en gemenskap; när det är klart, öppna länken en gång till.
engine-not-set-right = Det som den här datorn sparar av en gemenskap kunde inte ställas till rätta: { $error }
engine-keys-busy-password = Något pågår med nycklarna just nu; när det är klart, ändra lösenordet.
engine-password-both = Lösenordet är ändrat; det nya öppnar också nycklarna på den här datorn.
engine-password-account = Det här kontots lösenord är ändrat. Nycklarna på den här datorn öppnas med ett annat, som förut.
engine-password-failed = Lösenordet ändrades inte: { $reason }
engine-password-half = servern har det nya, men nycklarna på den här datorn öppnas med det förra ({ $error }).
engine-password-short =
    { $least ->
        [one] välj ett lösenord med minst { $least } tecken
       *[other] välj ett lösenord med minst { $least } tecken
    }
engine-password-no-answer = anslutningen bröts medan servern tog emot det nya lösenordet: ett av de två gäller, försök ändra det igen med något av dem
engine-account-unsure = Om ditt nya konto { $name } skapades är inte känt än: { $reason }
engine-wipe-other-word = Inget tömdes: ordet som ska skrivas är ”{ $word }”.
engine-wipe-busy = Något pågår med nycklarna just nu; när det är klart, töm datorn.
engine-wipe-keys-stay = Inget tömdes: nycklarna kunde inte raderas ({ $error }).
engine-wiped = Den här datorn har glömt allt om Dialtone.
engine-wiped-part = Nycklarna är borta, men några filer som bara de öppnar kunde inte raderas: { $error }
engine-export-deleted = (raderat)
engine-export-not-here = inte på den här datorn
engine-file-changed = den ändrades medan den lästes
engine-row-changed = en rad i den lokala historiken har ändrats eller hör till en annan profil ({ $table })
engine-history-unusable = den lokala historiken i { $path } går inte att använda: { $reason }
engine-server-answered = servern svarade { $status }
engine-more-bytes = mer än { $limit } byte
engine-no-host-name = serverns namn är inget värdnamn
engine-no-tls-key = ingen TLS-nyckel
engine-session-ended = sessionen är slut
engine-settings-aside = Den gamla filen är { $path }.
engine-settings-lost = Den gamla filen kunde inte behållas: { $error }.
engine-no-such-invite = Det finns ingen sådan inbjudan.
engine-invite-dead = Ingen kan använda den här inbjudan längre.
engine-invite-not-yours = Bara den som gjorde inbjudan, eller någon med högre rang, kan ta tillbaka den.
engine-valid-name = Ett namn har ett till 64 synliga tecken, på en rad.
engine-valid-topic = Ett ämne har högst 256 tecken, på en rad.
engine-valid-heading = En rubrik har högst { $most } synliga tecken.
engine-fork =
    { $what ->
        [signal] En signal
       *[message] Ett meddelande
    } är förseglat med en annan nyckel än gemenskapens vid den tiden: servern kanske håller människor isär. Inget skickas längre; jämför med de andra på något annat sätt.
engine-linux-computer = Linuxdator
engine-windows-computer = Windowsdator
engine-computer = Dator
engine-not-opened = den kunde inte öppnas
engine-no-downloads = det finns ingen mapp för hämtade filer; välj en annan plats
engine-no-picture = det är ingen bild som kan visas här
engine-cannot-read = den går inte att läsa
engine-choose-picture = välj en bildfil
engine-choose-small-picture = välj en bildfil på högst 64 MiB
engine-gap-online = vilka som är anslutna berättades inte
engine-gap-list = medlemslistan har en lucka
engine-gap-own = ordningen på de egna meddelandena
engine-gap-cleared = en varning togs bort
engine-gap-channel = en kanal har en lucka
engine-gap-unreadable = en händelse går inte att läsa
engine-gap-before-list = en händelse kom före medlemslistan
engine-gap-longer-list = en händelse nämner en längre medlemslista
engine-gap-commit-list = ett nyckelbyte nämner en längre medlemslista
engine-gap-commit = ett nyckelbyte saknas
engine-group-broke =
    Gemenskapens nyckelgrupp { $what ->
        [clean] går inte att rensa
        [create] kunde inte skapas
        [again] kunde inte göras om
       *[enter] går inte att gå in i
    }: { $error }. Inget skickas; en admin kan börja om gruppen med /group reset.
engine-conversation-broke =
    Den här konversationens nycklar { $what ->
        [clean] går inte att rensa
        [create] kunde inte skapas
        [again] kunde inte göras om
       *[enter] går inte att få
    }: { $error }. Inget skickas här; den som sköter den kan börja om dem med /group reset.
engine-commit-breaks-rules = Servern skickade vidare en ändring av gruppens nycklar som bryter mot reglerna: { $rule }. Inget skickas längre.
engine-why-taken-out = någon tog ut dig, eller så lämnade du den på en annan enhet.
engine-why-left-out = den som började om nycklarna utelämnade dig, eller så tog någon ut dig.
engine-why-hidden = servern säger att någon tog ut dig, eller att du lämnade den på en annan enhet. Om ingen gjorde det döljer den kanalen: berätta för de andra.
engine-not-in = Du är inte i { $name } längre: { $why }
engine-other-people = Servern visar andra personer i den här konversationen än dem som den är mellan. Inget skickas här; berätta för de andra.
engine-wrongly-reset = { $name } började om den här konversationens nycklar utan att få det. Inget skickas här längre; gör om den, och berätta för de andra.
engine-who-came = I { $channel } sedan den här enheten var där senast: { $names }.
engine-newer-version = Ett meddelande av ett slag som den här versionen inte känner till
engine-community-damaged = en gemenskaps lokala historik är skadad ({ $error }); flytta undan filen och starta om: medlemmar delar nycklarna igen
engine-other-community = den lokala historiken innehåller medlemslistan för en annan gemenskap än den du gick med i; inget skickas. Flytta undan filen, och fråga den som bjöd in dig, på något annat sätt, vad som har hänt
engine-older-recovery = Servern gav dig en äldre återställningsfil (nummer { $came }) än den dina enheter hade skickat (nummer { $sent }): nycklar till en del meddelanden kan saknas tills andra medlemmar delar dem. Berätta för de andra; servern kanske döljer saker.
engine-does-not-follow = det servern skickade hänger inte ihop ({ $what }); börjar om från det som finns här
engine-connecting-anew = ansluter på nytt
engine-slept = ansluter på nytt, eftersom den här datorn sov
engine-removed = borttagen ur gemenskapen
engine-stopped = stoppad
engine-keeps-not-following = Servern fortsätter att skicka sådant som inte hänger ihop ({ $what }). Inget skickas längre; fråga de andra, på något annat sätt, om de ser detsamma.
engine-other-list = servern visar en annan medlemslista än den som den här datorn har av gemenskapen; fortsätt inte, och fråga de andra, på något annat sätt, om de ser detsamma
engine-part-failed = en del av programmet slutade fungera, och det är vårt fel; rapportera det gärna. Den startas igen
engine-not-asked = { $community } tillfrågades inte: { $reason }
engine-empty-list = en tom lista
engine-export-files = { $channel } filer
engine-size =
    { $value } { $unit ->
        [k] KiB
        [m] MiB
        [g] GiB
        [t] TiB
        [p] PiB
       *[e] EiB
    }
