history-somebody = Någon
history-somebody-within = någon
history-member = medlem { $short }
history-founded = { $who } grundade gemenskapen.
history-invited =
    { $count ->
        [one] { $who } skapade en inbjudan för en person.
       *[other] { $who } skapade en inbjudan för { $count } personer.
    }
history-invited-admins =
    { $count ->
        [one] { $who } skapade en inbjudan för en person, som admin.
       *[other] { $who } skapade en inbjudan för { $count } personer, som admins.
    }
history-took-back = { $who } tog tillbaka en inbjudan från { $issuer }.
history-took-back-own = { $who } tog tillbaka en egen inbjudan.
history-joined-by = { $who } gick med genom en inbjudan från { $issuer }.
history-joined = { $who } gick med genom en inbjudan.
history-let-in = { $who } släppte in { $name }, på serverns ord.
history-device-added = { $who } lade till en enhet.
history-device-added-by-key = { $who } lade till en enhet, med kontots nyckel.
history-device-out = { $who } tog ut en enhet från { $name }.
history-device-out-own = { $who } tog ut en egen enhet.
history-account-key = { $who } bytte sin kontonyckel.
history-left = { $who } gick.
history-removed = { $who } tog bort { $name }.
history-banned = { $who } tog bort och spärrade { $name }.
history-keys-again = { $who } började om nycklarna för { $what }.
history-server-key = { $who } bekräftade en ny identitetsnyckel för servern.
history-ordinary-again = { $who } blev vanlig medlem igen.
history-made-member = { $who } gjorde { $name } till vanlig medlem.
history-made-admin = { $who } gjorde { $name } till admin.
history-passed-on = { $who } lämnade över grundarens roll till { $name }.
history-themselves = sig själv
history-voice-ordinary = { $who } låter alla höra { $name } som andra igen.
history-voice-muted = { $who } tystade { $name } för alla.
history-voice-priority = { $who } satte { $name } före andra röster.
history-read-all = { $who } låter nya läsa hela { $channel }.
history-read-from-joining = { $who } låter nya läsa i { $channel } bara det som kommer efter dem.
history-channel-deleted = { $who } raderade { $channel }.
history-channel-made = { $who } skapade { $channel }.
history-private-named = den privata kanalen { $name }
history-channel-named = kanalen #{ $name }
history-private-unnamed = en privat kanal eller konversation
history-channel-unnamed = en kanal vars namn inte är känt här
history-all-open = alla öppna kanaler
history-a-private = en privat kanal
