desk-somebody = Någon
desk-mentioned = Du nämns
desk-new-message = Nytt meddelande
desk-to-and-you = { $name } till { $others } och dig
desk-name-in = { $name } i { $channel }
desk-do-not-disturb = Stör ej
desk-quiet-until = Tyst till { $time }
desk-notifications = Aviseringar
desk-of-what = Vad du får veta
desk-aside-notifications = vad du får veta
desk-nothing-shown = Inget kan visas just nu: { $reason }. Dialtone fortsätter att försöka.
desk-show-hint = När det här fönstret är i bakgrunden eller en annan kanal är öppen
desk-show = Visa aviseringar
desk-text-hint = Vem som skrev, var, och texten: den som ser din skärm kan läsa den, och skrivbordsmiljön kan spara den
desk-no-text-hint = Bara vem som skrev, och var; texten stannar i det här fönstret
desk-show-text = Visa vad som skrevs
desk-everything = Allt
desk-mentions = Omnämnanden
desk-nothing = Inget
desk-every-message = Varje meddelande
desk-in-channels = I kanaler
desk-in-direct = I direkta konversationer
desk-mention-words = Ett omnämnande är ditt namn efter ett @, eller @everyone av en admin. En kanals meny har ett val för bara den kanalen.
desk-count-everywhere = Låt det här gälla överallt
desk-channels-own =
    { $count ->
        [one] En kanal har ett eget val.
       *[other] { $count } kanaler har ett eget val.
    }
desk-quiet-words = Medan det är på visas inget, och samtal ger inga korta ljud; människor hör du som vanligt.
desk-quiet-words-until = Medan det är på visas inget, och samtal ger inga korta ljud; människor hör du som vanligt. Det slutar { $time }.
desk-off = Av
desk-for-hour = En timme
desk-until-tomorrow = Till i morgon
desk-on = På
desk-disturb-again = Låt mig störas igen
desk-quiet-hour = Stör ej under en timme
desk-quiet-tomorrow = Stör ej till i morgon
desk-tell-me-of = Säg till om
desk-as-settings =
    Som i inställningarna ({ $level ->
        [all] varje meddelande
        [mentions] omnämnanden
       *[none] inget
    })
desk-desktop = Skrivbordsmiljö
desk-aside-desktop = systemfält, länkar, frånvaro
desk-tray = Systemfält
desk-starting = Start
desk-autostart-hint = Dolt i systemfältet, eller minimerat där det inte finns något
desk-autostart = Starta när jag loggar in
desk-links = Länkar
desk-links-hint = En inbjudan som du trycker på i en webbläsare eller ett brev visas här, och inget händer innan du säger det
desk-open-links = Öppna dialtone-länkar med det här programmet
desk-being-away = Frånvaro
desk-keep-in-tray = Fortsätt i systemfältet när fönstret är stängt
desk-keep-in-tray-hint = Du är kvar i dina samtal och får veta om meddelanden; menyn där öppnar fönstret igen, och avslutar Dialtone
desk-no-tray = { $reason }: när fönstret stängs avslutas Dialtone.
desk-away-after = Borta efter
desk-never-away = { $reason }, så du räknas aldrig som borta.
desk-away-words = När ingen har rört den här datorn på så länge räknas du som borta, och medlemmarna ser det.
desk-voice-meter-title = Dialtone röstmätare
desk-pasted-picture = inklistrad bild.png
tray-bus-unreachable = skrivbordsmiljöns meddelandebuss går inte att nå ({ $error })
tray-bus-silent = skrivbordsmiljöns meddelandebuss svarar inte
tray-bus-unusable = skrivbordsmiljöns meddelandebuss går inte att använda ({ $error })
tray-bus-ended = skrivbordsmiljöns meddelandebuss avslutades
tray-nobody-offers = ingen i den här skrivbordsmiljön erbjuder { $service }
tray-refused = { $service } vägrade ({ $error })
tray-cannot-ask = { $service } går inte att fråga ({ $error })
tray-silent = { $service } svarar inte
tray-idle-system = hur länge ingen har rört den här datorn frågas det inte om på det här systemet än
tray-idle-desktop = den här skrivbordsmiljön säger inte hur länge ingen har rört datorn
tray-idle-x = X-servern säger inte hur länge ingen har rört datorn ({ $error })
tray-x-unasked = X-servern går inte att fråga ({ $error })
tray-file-long = filen är för lång
tray-path = programmets sökväg går inte att skriva i en skrivbordspost
tray-not-here = Dialtone kan inte göra det här på det här systemet än
tray-look-system = fönstersystemet säger det själv
tray-no-notifications = Dialtone visar inga aviseringar på det här systemet än
tray-notifications-ended = skrivbordsmiljöns aviseringar avslutades
tray-open = Öppna
tray-failed = det slutade fungera i Dialtone; loggen har mer
tray-no-thread = ingen tråd kunde startas: { $error }
tray-unread = { $count } olästa
tray-call =
    { $state ->
        [deafened] i ett samtal, ljudet av
        [muted] i ett samtal, tystad
       *[open] i ett samtal
    }
tray-do-not-disturb = stör ej
tray-nothing-new = inget nytt
tray-system = Dialtone har ingen plats i systemfältet på det här systemet än
tray-none = den här skrivbordsmiljön visar inget systemfält
tray-no-icon = systemfältets ikon går inte att erbjuda ({ $error })
tray-show = Öppna Dialtone
tray-quit = Avsluta
