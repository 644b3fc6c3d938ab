span-seconds = { $count ->
    [one] 1 sekund
   *[other] { $count } sekunder
}
span-minutes = { $count ->
    [one] 1 minut
   *[other] { $count } minuter
}
span-hours = { $count ->
    [one] 1 timme
   *[other] { $count } timmar
}
span-days = { $count ->
    [one] 1 dag
   *[other] { $count } dagar
}
span-weeks = { $count ->
    [one] 1 vecka
   *[other] { $count } veckor
}
rules-writing = Vem som skriver
rules-everyone = Alla
rules-admins = Bara admin
rules-writing-hint = Alla kan fortfarande reagera och ta tillbaka det de har skrivit.
rules-speaking = Vem som talar i dess samtal
rules-speaking-hint = Alla kan fortfarande lyssna.
rules-pause = Paus mellan en medlems meddelanden
rules-pause-none = Ingen
rules-pause-hint = Servern håller den. Admin har ingen paus.
line-admins-write = Bara admin skriver i den här kanalen. Du kan reagera på det de skriver.
line-pause = Den här kanalen har en paus mellan meddelanden. Du kan skicka nästa om { $rest }.
voice-admins-speak = Bara admin talar i den här kanalens samtal. Du kan lyssna.
notice-rules-open-channels = Bara kanaler där alla är med har de här inställningarna.
notice-admins-rules = Bara admin bestämmer vem som skriver och talar i en kanal, och hur snabbt.
notice-admins-write = Bara admin skriver i den här kanalen.
notice-not-theirs-to-write = Ett meddelande från någon som inte får skriva i den här kanalen togs inte emot.
notice-held-pause = Den här kanalen har en paus mellan meddelanden. Det du skrev väntar här och skickas av sig självt.
chronicle-all-write = { $who } låter alla skriva: { $channel }.
chronicle-admins-write = { $who } låter bara admin skriva: { $channel }.
chronicle-all-speak = { $who } låter alla tala i samtalen: { $channel }.
chronicle-admins-speak = { $who } låter bara admin tala i samtalen: { $channel }.
chronicle-pause = { $who } satte en paus på { $pause } mellan en medlems meddelanden: { $channel }.
chronicle-no-pause = { $who } tog bort pausen mellan meddelanden: { $channel }.
chronicle-set-unknown = { $who } ändrade en inställning som den här versionen inte känner till: { $channel }.
notice-vanished-unseen = Det skulle försvinna, och servern hade raderat det innan den här enheten hade det
notice-stays-now = Det som skrivs härifrån stannar kvar.
notice-vanishes-now = Det som skrivs härifrån försvinner efter { $span }.
notice-vanish-not-yours = Bara den som får ändra kanalen bestämmer hur länge meddelanden stannar.
notice-names-gone = den säger att ett namn har försvunnit, och namn försvinner aldrig
chronicle-stays = { $who } låter meddelanden stanna för gott: { $channel }.
chronicle-vanishes = { $who } låter meddelanden försvinna efter { $span }: { $channel }.
vanish-setting = Hur länge meddelanden stannar
vanish-for-good = För gott
vanish-hint = Gäller det som skrivs från och med nu. Då raderar varje enhet det, och servern också; den som har läst det kan ha sparat det.
vanish-title = Meddelanden försvinner efter { $span }
vanish-below = Det du skriver här försvinner efter { $span }.
vanish-at = Försvinner: { $when }
vanish-menu = Hur länge meddelanden stannar…
panel-server-newer = Den här servern är nyare än den här appen. Något kan saknas tills du uppdaterar.
panel-server-older = Den här servern är äldre än den här appen. Något kan saknas tills den uppdateras.
