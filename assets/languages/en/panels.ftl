panel-nothing-sent = Nothing is sent here: { $alarm }
panel-begin-anew = Begin anew…
panel-new-device = A new device asks to be added to your account.
panel-you-knocked = You have knocked. An admin of this community lets you in; you can close the window meanwhile.
panel-cannot-open = This community cannot be opened: { $reason }
panel-write-key = Write your recovery key down: without it, a lost computer is a lost account.
panel-show-it = Show it
panel-people-wait =
    { $count ->
        [one] Somebody waits to be let in.
       *[other] { $count } people wait to be let in.
    }
panel-retry-now = Trying again now.
panel-retry-seconds =
    { $seconds ->
        [one] Trying again in 1 second.
       *[other] Trying again in { $seconds } seconds.
    }
panel-retry-minutes = Trying again in { $minutes } minutes.
panel-not-connected = Not connected: { $reason }. { $next }
panel-dismiss = Dismiss
panel-choose-files = Choose files to send
panel-choose-portrait = Choose a picture of yourself
panel-pictures = Pictures
panel-no-file-dialog = No file dialog opened: drop files here, or type /file and a path
panel-no-dialog = No file dialog opened. Install zenity, or xdg-desktop-portal with a part for your desktop, and try again.
panel-messages = Messages
panel-show-channels = Show channels
panel-show-members = Show members
panel-only-you-two = only you and they read this
panel-people-read =
    { $count ->
        [one] only you read this
       *[other] { $count } people read this
    }
panel-channel-menu = Channel menu
panel-waiting-in = Waiting to be let in
panel-admin-sees = An admin sees that you have knocked. Tell them, if you can reach them another way.
panel-first-channel = Make the first channel
panel-first-channel-words = Channels are where people write and talk. You can rename and delete them later.
panel-nothing-yet = Nothing here yet
panel-admin-makes-first = An admin makes the first channel; it appears here by itself.
panel-nothing-shown = Nothing can be shown
panel-unusable-words = What this device keeps of the community cannot be used. The line above says what to do.
panel-opening = Opening
panel-takes-a-moment = This takes a moment.
panel-fetching-channels = Fetching the channels
panel-your-fingerprint = Your fingerprint: { $fingerprint }
panel-same-fingerprint = The admin sees the same one, if nobody came between.
panel-make-channel = Make a channel
panel-invite-people = Invite people
panel-create-channel = Create channel
panel-unopenable = Cannot be opened
panel-connecting = Connecting
panel-catching-up = Catching up
panel-offline = Offline
panel-no-member = No member any more
panel-unnamed = name not known yet
panel-channels-let-in = Channels appear here once you are let in.
panel-channels-fetched = Channels appear here once they are fetched.
panel-no-channels-make = There are no channels yet. Make the first one.
panel-no-channels = There are no channels yet. An admin makes them.
panel-let-read-all = Let newcomers read it all
panel-read-from-now = Newcomers read from now on
panel-add-people = Add people…
panel-leave-channel = Leave channel…
panel-delete-channel = Delete channel
panel-direct = Direct
panel-kind-private = private
panel-kind-online = online
panel-kind-away = away
panel-kind-offline = offline
panel-kind-conversation = conversation
panel-kind-quiet = notifications off
panel-unread = { $unread } unread
panel-in-conversation = In this conversation
panel-in-channel = In this channel
panel-admin = admin
panel-founder = founder
panel-offline-members = Offline
panel-wait =
    { $count ->
        [one] 1 waits to be let in
       *[other] { $count } wait to be let in
    }
panel-verified = verified
panel-message-them = Message
panel-compare-words = Compare safety words…
panel-take-out-of-channel = Take out of this channel
panel-make-admin = Make an admin
panel-make-member = Make an ordinary member
panel-make-founder = Make the founder…
panel-remove-them = Remove…
panel-leave-community = Leave the community…
panel-join-another = Join another community
panel-search-messages = Search messages
panel-mention-you = { $count } of them mention you
panel-filter-from = who wrote it
panel-filter-in = the channel
panel-filter-before = a day, as 2026-11-22
panel-filter-day = a day
panel-filter-link = with a link
panel-filter-file = with a file
panel-filter-picture = with a picture
panel-close-named = Close { $name }
panel-search-hint = Words, or from: in: before: has:
panel-reading-older = Reading older messages, { $percent } %
panel-narrow = All words must be in a message. These narrow it:
panel-show-more = Show more
panel-found-in = { $name } in { $place }, { $time }: { $words }
panel-found-files =
    { $count ->
        [one] 1 file
       *[other] { $count } files
    }
panel-search = Search
panel-found-nothing = Nothing was found.
panel-pinned = Pinned messages
panel-nothing-pinned = Nothing is pinned here. A message's menu pins it.
panel-undeafen = Undeafen
panel-show-quality = Show the call's quality
panel-go-to = Go to a channel or a person
panel-show-pinned = Show pinned messages
panel-go-to-day = Go to a day
panel-create-a-channel = Create a channel
panel-see-who-waits = See who waits to be let in
panel-settings-meter = Settings: voice meter
panel-settings-audio = Settings: audio
panel-settings-talking = Settings: talking
panel-settings-look = Settings: appearance
panel-settings-keyboard = Settings: keyboard
panel-settings-device = Settings: this device
panel-dark-colours = Dark colours
panel-light-colours = Light colours
panel-system-colours = Colours as the system has them
panel-let-move = Let things move
