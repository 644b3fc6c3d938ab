history-somebody = Somebody
history-somebody-within = somebody
history-member = member { $short }
history-founded = { $who } founded the community.
history-invited =
    { $count ->
        [one] { $who } made an invite for one person.
       *[other] { $who } made an invite for { $count } people.
    }
history-invited-admins =
    { $count ->
        [one] { $who } made an invite for one person, as admins.
       *[other] { $who } made an invite for { $count } people, as admins.
    }
history-took-back = { $who } took back an invite of { $issuer }.
history-took-back-own = { $who } took back an invite of their own.
history-joined-by = { $who } joined by an invite of { $issuer }.
history-joined = { $who } joined by an invite.
history-let-in = { $who } let { $name } in, on the server's word.
history-device-added = { $who } added a device.
history-device-added-by-key = { $who } added a device, with the account's key.
history-device-out = { $who } took out a device of { $name }.
history-device-out-own = { $who } took out a device of their own.
history-account-key = { $who } changed their account key.
history-left = { $who } left.
history-removed = { $who } removed { $name }.
history-banned = { $who } removed and banned { $name }.
history-keys-again = { $who } started the keys of { $what } again.
history-server-key = { $who } confirmed a new identity key of the server.
history-ordinary-again = { $who } became an ordinary member again.
history-made-member = { $who } made { $name } an ordinary member.
history-made-admin = { $who } made { $name } an admin.
history-passed-on = { $who } passed the founder's role on to { $name }.
history-themselves = themselves
history-voice-ordinary = { $who } let everybody hear { $name } as anyone else again.
history-voice-muted = { $who } muted { $name } for everybody.
history-voice-priority = { $who } put { $name } before other voices.
history-read-all = { $who } let newcomers read all of { $channel }.
history-read-from-joining = { $who } let newcomers read of { $channel } only what comes after them.
history-channel-deleted = { $who } deleted { $channel }.
history-channel-made = { $who } made { $channel }.
history-private-named = the private channel { $name }
history-channel-named = the channel #{ $name }
history-private-unnamed = a private channel or conversation
history-channel-unnamed = a channel whose name is not known here
history-all-open = all open channels
history-a-private = a private channel
