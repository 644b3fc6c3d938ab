line-unconfirmed = No later message vouches for its place yet: until then only the server says that nothing is missing before it.
line-message-from = Message from { $name }, { $time }
line-add-reaction = Add reaction
line-add-reaction-key = Add a reaction (+)
line-reply = Reply
line-reply-key = Reply (R)
line-edit-message = Edit message
line-edit-key = Edit (E)
line-more = More
line-more-key = More (M)
line-menu-reaction = Add reaction…
line-menu-reply = Reply to it
line-menu-edit = Edit
line-take-pin-off = Take the pin off
line-pin = Pin
line-menu-versions = Show earlier versions
line-copy-text = Copy text
line-copy-link-to = Copy link to { $host }
line-menu-delete = Delete…
line-leads-to = Leads to { $host }
line-copy-code = Copy code
line-new-since = New since { $time }
line-clocks-differ = { $name }'s clock says { $theirs }, the server's { $server }
line-picture-named = Picture { $name }, { $size }
line-being-fetched = { $name }, being fetched
line-save-named = Save { $name }
line-press-again = { $why } Press to try again.
line-more-for = More for { $name }
line-delete-file = Delete from the server…
line-file-about = File { $name }, { $words }
line-stop-fetching = Stop fetching { $name }
line-try-save-again = Try again to save { $name }
line-so-far = { $done } of { $total }
line-percent = { $share } percent
line-sending = Sending
line-waiting-to-send = Waiting to be sent
line-writes = { $name } writes: { $words }
line-sends = { $name } sends: { $words }
line-messages-wait = { $count } messages: { $why }
line-somebody = somebody
line-claims-from = A message that claims to be from { $from } was refused: { $why }
line-beginning-with = This is the beginning of your conversation with { $name }
line-beginning-of = This is the beginning of { $name }
line-readable-two = Nobody else reads what is said here: neither other members nor the server.
line-readable-private-since = Only the people in this channel can read it, each from their joining on; other members and the server cannot.
line-readable-private = Only the people in this channel can read it; other members and the server cannot.
line-readable-since = Each member reads what is said from their joining on; the server cannot read any of it.
line-readable = What is said here is readable by the members only; the server cannot read it.
line-fetching-earlier = Fetching earlier messages
line-show-earlier = Show earlier messages
line-fetching-later = Fetching later messages
line-show-later = Show later messages
line-only-you-see = Only you see this
line-files-count =
    { $count ->
        [one] a file
       *[other] { $count } files
    }
line-a-deleted = a deleted message
line-not-here = a message that is not here
line-answer-to = Answer to { $from }: { $words }
line-you = you
line-left-somebody = somebody who left
line-more-names = { $count } more
line-names-and = { $names } and { $last }
line-another-reaction = Add another reaction
line-edited-show = Edited: show earlier versions
line-show-before = Show what it said before
line-name-deleted = { $name } deleted this message
line-deleted = Message deleted
line-to-latest = Go to the latest
line-new-messages =
    { $count ->
        [one] 1 new message
       *[other] { $count } new messages
    }
line-to-unread = Go to the first unread
line-drop-files =
    { $count ->
        [one] Drop to send it: { $name }
       *[other] Drop to send { $count } files: { $name }
    }
line-attached = Attached: { $name }
line-take-off = Take { $name } off
line-too-many-files = { $count } files: a message takes { $most } at most; take some off and send them after.
line-too-long = Too long by { $over } bytes: shorten it, or send it in parts. It stays here.
line-bytes-left = { $left } bytes left
line-attach = Attach files
line-attach-hint = Attach files; you can also drop or paste them
line-choose-emoji = Choose an emoji
line-send = Send
line-send-key = Send (Enter)
line-further-up = a message further up
line-editing = Editing your message
line-replying = Replying to
line-replying-to = Replying to { $name }
line-stop-editing = Stop editing
line-do-not-reply = Do not reply
line-settle-first = Nothing is sent until the warning above is settled
line-no-member = You are no member here any more
line-once-let-in = You can write once an admin has let you in
line-message-to = Message { $channel }
line-preparing = Making files ready to be sent
line-when-back = What you write is sent when the server is back
line-one-writes = { $one } is writing…
line-two-write = { $one } and { $two } are writing…
line-several-write = Several people are writing…
line-slash-help = What can be typed here
line-slash-list = All channels
line-slash-join = Open a channel
line-slash-message = Open the conversation with somebody
line-slash-create = Make a channel for everybody
line-slash-private = Make a private channel
line-slash-add = Add somebody to this private channel
line-slash-leave = Leave this private channel
line-slash-rename = Give this channel another name
line-slash-delete = Delete a channel
line-slash-file = Send a file
line-slash-picture = Show others another picture of yourself
line-slash-voice-join = Join this channel's call
line-slash-voice-leave = Leave the call
line-slash-mute = Stop sending your voice
line-slash-unmute = Send your voice again
line-slash-invite = Make an invite link
line-slash-reset = Start this channel's keys again, when they are broken
line-slash-clear = Take a warning about the server away
