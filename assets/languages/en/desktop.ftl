desk-somebody = Somebody
desk-mentioned = You are mentioned
desk-new-message = New message
desk-to-and-you = { $name } to { $others } and you
desk-name-in = { $name } in { $channel }
desk-do-not-disturb = Do not disturb
desk-quiet-until = Quiet until { $time }
desk-notifications = Notifications
desk-of-what = Of what you are told
desk-aside-notifications = of what you are told
desk-nothing-shown = Nothing can be shown just now: { $reason }. Dialtone goes on trying.
desk-show-hint = While this window is in the background, or another channel is open
desk-show = Show notifications
desk-text-hint = Who wrote, where, and the text: whoever sees your screen can read it, and the desktop may keep it
desk-no-text-hint = Only who wrote, and where; the text stays in this window
desk-show-text = Show what was written
desk-everything = Everything
desk-mentions = Mentions
desk-nothing = Nothing
desk-every-message = Every message
desk-in-channels = In channels
desk-in-direct = In direct conversations
desk-mention-words = A mention is your name after an @, or @everyone by an admin. A channel's menu has a choice for that channel alone.
desk-count-everywhere = Let these count everywhere
desk-channels-own =
    { $count ->
        [one] One channel has a choice of its own.
       *[other] { $count } channels have a choice of their own.
    }
desk-quiet-words = While it is on nothing is shown, and calls make no short sounds; you hear people as ever.
desk-quiet-words-until = While it is on nothing is shown, and calls make no short sounds; you hear people as ever. It ends at { $time }.
desk-off = Off
desk-for-hour = For an hour
desk-until-tomorrow = Until tomorrow
desk-on = On
desk-disturb-again = Let me be disturbed again
desk-quiet-hour = Do not disturb for an hour
desk-quiet-tomorrow = Do not disturb until tomorrow
desk-tell-me-of = Tell me of
desk-as-settings =
    As in the settings ({ $level ->
        [all] every message
        [mentions] mentions
       *[none] nothing
    })
desk-desktop = Desktop
desk-aside-desktop = tray, links, being away
desk-tray = Tray
desk-starting = Starting
desk-autostart-hint = Hidden in the tray, or minimised where there is none
desk-autostart = Start when I log in
desk-links = Links
desk-links-hint = An invite that you press in a browser or a letter is shown here, and nothing is joined before you say so
desk-open-links = Open dialtone links with this program
desk-being-away = Being away
desk-keep-in-tray = Keep running in the tray when the window is closed
desk-keep-in-tray-hint = You stay in your calls and are told of messages; the tray's menu opens the window again, and ends Dialtone
desk-no-tray = { $reason }: closing the window ends Dialtone.
desk-away-after = Away after
desk-never-away = { $reason }, so you never count as away.
desk-away-words = When nobody has touched this computer for that long, you count as away, and the members see it.
desk-voice-meter-title = Dialtone voice meter
desk-pasted-picture = pasted picture.png
tray-bus-unreachable = the desktop's message bus cannot be reached ({ $error })
tray-bus-silent = the desktop's message bus does not answer
tray-bus-unusable = the desktop's message bus cannot be used ({ $error })
tray-bus-ended = the desktop's message bus ended
tray-nobody-offers = nobody on this desktop offers { $service }
tray-refused = { $service } refused ({ $error })
tray-cannot-ask = { $service } cannot be asked ({ $error })
tray-silent = { $service } does not answer
tray-idle-system = how long nobody has touched this computer is not asked on this system yet
tray-idle-desktop = this desktop does not say how long nobody has touched the computer
tray-idle-x = the X server does not say how long nobody has touched the computer ({ $error })
tray-x-unasked = the X server cannot be asked ({ $error })
tray-file-long = the file is too long
tray-path = the program's path cannot be written into a desktop entry
tray-not-here = Dialtone cannot do this on this system yet
tray-look-system = the window system says it itself
tray-no-notifications = Dialtone shows no notifications on this system yet
tray-notifications-ended = the desktop's notifications ended
tray-open = Open
tray-failed = it failed inside Dialtone; the log has more
tray-no-thread = no thread could be started: { $error }
tray-unread = { $count } unread
tray-call =
    { $state ->
        [deafened] in a call, deafened
        [muted] in a call, muted
       *[open] in a call
    }
tray-do-not-disturb = do not disturb
tray-nothing-new = nothing new
tray-system = Dialtone has no place in the tray on this system yet
tray-none = this desktop shows no tray
tray-no-icon = the tray's icon cannot be offered ({ $error })
tray-show = Open Dialtone
tray-quit = Quit
