people-channel-settings = Kanalens inställningar
people-channel-settings-menu = Kanalens inställningar…
people-channel-gone = Den här kanalen finns inte längre.
people-channel-open-words = Alla medlemmar ser dess namn och ämne; servern gör det inte.
people-channel-private-words = Bara de som hör till den ser dess namn och ämne; servern gör det inte.
people-name = Namn
people-topic = Ämne
people-topic-hint = Vad det handlar om
people-list-heading = Rubrik i listan
people-list-heading-none = Ingen
people-newcomers = Vad nya får läsa
people-newcomers-all = Allt
people-newcomers-joining = Från att de kom
people-newcomers-hint = Det gäller från och med nu: den som har nycklar behåller dem.
people-history = Gemenskapens historia
people-history-words = Varje ändring, signerad av den som gjorde den och kontrollerad av alla medlemmar. Ordningen är säker; när var och en gjordes står ingenstans.
people-kind-everything = Allt
people-kind-people = Vilka som kom och gick
people-kind-roles = Roller och röster
people-kind-devices = Enheter och kontonycklar
people-kind-invites = Inbjudningar
people-kind-keys = Gemenskapens nycklar
people-find = Sök
people-find-hint = Ett namn, en kanal, ett nummer
people-what-is-shown = Vad som visas
people-by-everybody = Av alla och om alla
people-by-named = Av { $name } och om { $name }
people-about-whom = Om vem
people-reading = Läser…
people-history-nothing = Något sådant finns inte i historien.
people-show-earlier = Visa tidigare
people-entry = Post { $number }
people-invites = Inbjudningar
people-invites-words = Den som har en sådan länk kan gå med tills den är förbrukad, har gått ut eller tagits tillbaka. Själva länken sparas ingenstans.
people-new-invite = Ny inbjudan
people-no-invite-open = Ingen inbjudan är öppen just nu.
people-show-over =
    { $count ->
        [one] Visa den som är över
       *[other] Visa de { $count } som är över
    }
people-take-back-entry = Ta tillbaka post { $number }
people-take-back = Ta tillbaka
people-invite-used = { $name } · { $used } av { $uses } använda
people-invite-open = Öppen till { $day }, { $time }
people-invite-used-up = Förbrukad
people-invite-expired = Gick ut: { $day }
people-invite-void = Tillbakatagen, eller så får den som gjorde den inte bjuda in längre
people-invite-state = { $state } · post { $number }
people-invite-state-admins = { $state } · gör admins · post { $number }
people-used-by = Använd av { $names }
people-used-by-more = Använd av { $names } och { $count } till
people-all-invites = Alla inbjudningar
people-link-as-code = Länken som QR-kod
people-hide-code = Dölj koden
people-show-code = Visa som kod
people-not-member = Inte medlem längre
people-not-member-words = Gemenskapens historia säger vad som hände.
people-what-they-did = Vad den här personen har gjort här…
people-picture-of = Bild av { $name }
people-is-here =
    { $role ->
        [member] Medlem
        [admin] Admin
       *[founder] Grundare
    } · { $here }
people-alike-before = En annan medlem, { $like }, har nästan samma namn och var här före.
people-alike = En annan medlem har nästan samma namn: { $like }
people-alike-row = ett namn som liknar ett annat
people-trust-entry = { $trust } Post { $number }.
people-compared = Ni har jämfört säkerhetsord, och nyckeln är fortfarande densamma.
people-not-compared = Du har inte jämfört säkerhetsord med den här personen.
people-muted-for-all = Tystad för alla av en admin.
people-heard-first = Hörs före andra röster.
people-you-ignore = Du ignorerar den här personen, på den här datorn.
people-devices =
    { $count ->
        [0] Ingen enhet som får läsa här.
        [one] En enhet, tillagd med post { $entries }.
       *[other] { $count } enheter, tillagda med posterna { $entries }.
    }
people-change-name = Ändra ditt namn
people-name-here = Ditt namn här
people-name-words = Alla i den här gemenskapen ser det. Du loggar fortfarande in med namnet som du registrerade.
people-password-title = Ändra ditt lösenord i { $name }
people-password-words = Det visar servern vem du är. Om det också öppnar nycklarna på den här datorn ändras det med. Dina andra enheter behåller lösenordet som de har till sina egna nycklar.
people-password-old = Nuvarande lösenord
people-password-new = Nytt lösenord
people-password-again = Nytt lösenord en gång till
people-password-differs = Det är inte samma som ovan.
people-password-hint = Minst åtta tecken. Ingen kan återställa det, inte ens servern.
people-change = Ändra
people-change-password = Ändra lösenord…
people-export-title = Ta med din historik från { $name }
people-export-button = Ta med din historik från { $name }…
people-export-words = Varje kanal som du kan läsa skrivs till en ny mapp bland dina hämtade filer: en text att läsa, rader i JSON för program, och filerna som finns på den här datorn.
people-export-warning = Det som skrivs är inte förseglat: den som kommer åt mappen läser allt.
people-export-begin = Skriv den
people-export-written =
    { $messages ->
        [one] 1 meddelande
       *[other] { $messages } meddelanden
    } och { $files ->
        [one] 1 fil
       *[other] { $files } filer
    }
people-export-working = Skriver: { $written } hittills.
people-export-done = { $written } finns i { $folder }.
people-export-stopped = Stoppat: { $written } finns i { $folder }.
people-export-failed = Det kom inte till slutet efter { $written }: { $why }.
people-wipe-title = Tömma den här datorn?
people-wipe-words = Nycklar, historik, filer och inställningar för alla gemenskaper raderas här. Dina konton finns kvar på sina servrar: du kommer tillbaka med en annan enhet eller din återställningsnyckel, annars är de förlorade. Det du sparat någon annanstans finns kvar. Det går inte att ångra.
people-wipe-type = Skriv ”{ $words }” för att gå vidare
people-wipe = Töm
people-wipe-button = Töm den här datorn…
people-remove-why = Varför (personen och alla medlemmar läser det)
people-remove-why-hint = Du behöver inte ange något skäl
people-ignore = Ignorera
people-listen-to-them = Lyssna igen
people-ignored-row = ignorerad
people-profile = Profil…
people-ignored-messages =
    { $count ->
        [one] 1 meddelande från { $name }, som du ignorerar
       *[other] { $count } meddelanden från { $name }, som du ignorerar
    }
people-show-anyway = Visa ändå
people-ignored-in = Personer som du ignorerar i { $community }
people-listen-to-named = Lyssna på { $name } igen
people-listen-again = Lyssna igen
people-ignored-words = Det stannar på den här datorn; de får inte veta det.
people-lock-away = Lås när ingen är där
people-lock-away-words = Efter så lång tid utan tangentbord och mus i det här fönstret; inte medan du är i ett samtal.
people-minutes = { $minutes } min
people-never = Aldrig
people-along-and-wipe = Ta med och tömma
line-slash-a-channel = kanal
line-slash-a-person = person
line-slash-a-name = namn
line-slash-a-path = sökväg
