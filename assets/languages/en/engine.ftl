engine-sent-files =
    { $count ->
        [one] Sent a file.
       *[other] Sent { $count } files.
    }
engine-slash-help =
    /help – this list
    /list – the channels
    /join NAME – open a channel
    /message PERSON – open the conversation with somebody
    /channel create NAME – make a channel for everybody (admins)
    /channel private NAME – make a private channel
    /channel add PERSON – add somebody to this private channel
    /channel leave – leave this private channel
    /channel rename NAME – rename this channel
    /channel delete NAME – delete the channel of that name
    /file PATH – send a file
    /picture PATH, /picture none – show others another picture of yourself, or none
    /voice join, /voice leave – this channel's call
    /voice mute, /voice unmute – your microphone
    /server invite – make an invite link (admins)
    /group reset – start the keys of this channel again, when they are broken (its admins; in open channels those of the community)
    /warning clear { $words } – take a warning about the server away
    Begin with // to write a message that begins with a slash.
engine-slash-voice = Write /voice join, leave, mute or unmute.
engine-slash-write = Write { $command }.
engine-slash-unknown = There is no command /{ $command }. Write /help for the list, or // for a message that begins with a slash.
engine-slash-channel = Write /channel create, private, add, rename or delete, and a name; or /channel leave.
engine-slash-name-missing =
    A name is missing: { $command } { $what ->
        [person] PERSON
        [path] PATH
        [picture] PATH, or /picture none
       *[name] NAME
    }.
engine-alarm-words = I compared with the others
engine-wipe-word = wipe
engine-link-again = You are coming into a community just now; when that is over, open the link once more.
engine-not-set-right = What this computer keeps of a community could not be set right: { $error }
engine-keys-busy-password = Something is under way with the keys just now; when that is over, change the password.
engine-password-both = The password is changed; the new one also opens the keys on this computer.
engine-password-account = The password of this account is changed. The keys on this computer open with another one, as before.
engine-password-failed = The password was not changed: { $reason }
engine-password-half = the server has the new one, but the keys on this computer open with the one before ({ $error }).
engine-password-short =
    { $least ->
        [one] choose a password of at least { $least } character
       *[other] choose a password of at least { $least } characters
    }
engine-password-no-answer = the connection ended while the server took the new password: one of the two holds, try to change it again with either
engine-account-unsure = Whether your new account { $name } was made is not known yet: { $reason }
engine-wipe-other-word = Nothing was wiped: the word to type is “{ $word }”.
engine-wipe-busy = Something is under way with the keys just now; when that is over, wipe.
engine-wipe-keys-stay = Nothing was wiped: the keys could not be deleted ({ $error }).
engine-wiped = This computer has forgotten everything of Dialtone.
engine-wiped-part = The keys are gone, but some files that only they open could not be deleted: { $error }
engine-export-deleted = (deleted)
engine-export-not-here = not on this computer
engine-file-changed = it has changed while it was read
engine-row-changed = a row of the local history was changed or belongs to another profile ({ $table })
engine-history-unusable = the local history in { $path } cannot be used: { $reason }
engine-server-answered = the server answered { $status }
engine-more-bytes = more than { $limit } bytes
engine-no-host-name = the server's name is not a host name
engine-no-tls-key = no TLS key
engine-session-ended = the session has ended
engine-settings-aside = The old file is { $path }.
engine-settings-lost = The old file could not be kept: { $error }.
engine-no-such-invite = There is no such invite.
engine-invite-dead = Nobody can use this invite any more.
engine-invite-not-yours = Only whoever made this invite, or somebody who outranks them, can take it back.
engine-valid-name = A name has one to 64 visible characters, on one line.
engine-valid-topic = A topic has at most 256 characters, on one line.
engine-valid-heading = A heading has at most { $most } visible characters.
engine-fork =
    { $what ->
        [signal] A signal
       *[message] A message
    } is sealed with another key than the community's of that time: the server may keep people apart. Nothing is sent any more; compare with the others over another way.
engine-linux-computer = Linux computer
engine-windows-computer = Windows computer
engine-computer = Computer
engine-not-opened = it could not be opened
engine-no-downloads = there is no folder for downloads; choose another place
engine-no-picture = it is no picture that can be shown here
engine-cannot-read = it cannot be read
engine-choose-picture = choose a picture file
engine-choose-small-picture = choose a picture file of at most 64 MiB
engine-gap-online = who is connected was not told
engine-gap-list = the member list has a gap
engine-gap-own = the order of one's own messages
engine-gap-cleared = a warning was taken away
engine-gap-channel = a channel has a gap
engine-gap-unreadable = an event cannot be read
engine-gap-before-list = an event came before the member list
engine-gap-longer-list = an event names a longer member list
engine-gap-commit-list = a commit names a longer member list
engine-gap-commit = a commit is missing
engine-group-broke =
    The community's key group { $what ->
        [clean] cannot be cleaned
        [create] could not be created
        [again] could not be made again
       *[enter] cannot be entered
    }: { $error }. Nothing is sent; an admin can start the group again with /group reset.
engine-conversation-broke =
    The keys of this conversation { $what ->
        [clean] cannot be cleaned
        [create] could not be created
        [again] could not be made again
       *[enter] cannot be entered
    }: { $error }. Nothing is sent here; who looks after it can start them again with /group reset.
engine-commit-breaks-rules = The server passed on a change of the group's keys that breaks the rules: { $rule }. Nothing is sent any more.
engine-why-taken-out = somebody took you out, or you left it on another device.
engine-why-left-out = who started its keys again left you out, or somebody took you out.
engine-why-hidden = the server says that somebody took you out, or that you left it on another device. If nobody did, it hides it: tell the others.
engine-not-in = You are not in { $name } any more: { $why }
engine-other-people = The server shows other people in this conversation than those whom it is between. Nothing is sent here; tell the others.
engine-wrongly-reset = { $name } started the keys of this conversation again, who may not. Nothing is sent here any more; make it anew, and tell the others.
engine-who-came = In { $channel } since this device was there last: { $names }.
engine-newer-version = A message of a kind that this version does not know
engine-community-damaged = the local history of a community is damaged ({ $error }); move its file away and start again: members share the keys again
engine-other-community = the local history holds the member list of another community than the one that was joined; nothing is sent. Move its file away, and ask the person who invited you, over another way, what has happened
engine-older-recovery = The server gave you an older recovery file (number { $came }) than your devices had sent (number { $sent }): keys of some messages may be missing until other members share them. Tell the others; the server may be hiding things.
engine-does-not-follow = what the server sent does not follow ({ $what }); starting again from what is here
engine-connecting-anew = connecting anew
engine-slept = connecting anew, because this computer slept
engine-removed = removed from the community
engine-stopped = stopped
engine-keeps-not-following = The server keeps sending what does not follow ({ $what }). Nothing is sent any more; ask the others, over another way, whether they see the same.
engine-other-list = the server shows another member list than the one that this computer has of the community; do not go on, and ask the others, over another way, whether they see the same
engine-part-failed = a part of the client failed, which is a fault of ours; please report it. It is started again
engine-not-asked = { $community } was not asked: { $reason }
engine-empty-list = an empty log
engine-export-files = { $channel } files
engine-size =
    { $value } { $unit ->
        [k] KiB
        [m] MiB
        [g] GiB
        [t] TiB
        [p] PiB
       *[e] EiB
    }
