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
desk-away-words = When nobody has touched this computer for that long, your row says that you are away. Others are not told.
desk-voice-meter-title = Dialtone voice meter
desk-pasted-picture = pasted picture.png
