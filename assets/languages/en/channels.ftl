span-seconds = { $count ->
    [one] 1 second
   *[other] { $count } seconds
}
span-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
span-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
span-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
span-weeks = { $count ->
    [one] 1 week
   *[other] { $count } weeks
}
rules-writing = Who writes
rules-everyone = Everyone
rules-admins = Admins only
rules-writing-hint = Everybody can still react, and take back what they wrote.
rules-speaking = Who speaks in its calls
rules-speaking-hint = Everybody can still listen.
rules-pause = Pause between a member's messages
rules-pause-none = None
rules-pause-hint = The server keeps to it. Admins have no pause.
line-admins-write = Only admins write in this channel. You can react to what they write.
line-pause = This channel has a pause between messages. You can send the next one in { $rest }.
voice-admins-speak = Only admins speak in this channel's calls. You can listen.
notice-rules-open-channels = Only channels that everybody is in have these settings.
notice-admins-rules = Only admins decide who writes and speaks in a channel, and how fast.
notice-admins-write = Only admins write in this channel.
notice-not-theirs-to-write = A message of somebody who may not write in this channel was not taken in.
notice-held-pause = This channel has a pause between messages. What you wrote waits here and is sent by itself.
chronicle-all-write = { $who } let everybody write in { $channel }.
chronicle-admins-write = { $who } let only admins write in { $channel }.
chronicle-all-speak = { $who } let everybody speak in the calls of { $channel }.
chronicle-admins-speak = { $who } let only admins speak in the calls of { $channel }.
chronicle-pause = { $who } gave { $channel } a pause of { $pause } between a member's messages.
chronicle-no-pause = { $who } took away the pause between messages in { $channel }.
chronicle-set-unknown = { $who } changed a setting of { $channel } that this version does not know.
notice-vanished-unseen = It was to vanish, and was gone from the server before this device had it
notice-stays-now = What is written from here on stays.
notice-vanishes-now = What is written from here on vanishes after { $span }.
notice-vanish-not-yours = Only whoever may change this channel decides how long messages stay.
notice-names-gone = it says that a name is gone, and names never go
chronicle-stays = { $who } lets messages stay for good: { $channel }.
chronicle-vanishes = { $who } lets messages vanish after { $span }: { $channel }.
vanish-setting = How long messages stay
vanish-for-good = For good
vanish-hint = Counts for what is written from now on. Every device erases it then, and so does the server; whoever read it may have kept it.
vanish-title = Messages vanish after { $span }
vanish-below = What you write here vanishes after { $span }.
vanish-at = Vanishes: { $when }
vanish-menu = How long messages stay…
panel-server-newer = This server is newer than this app. Some things may be missing until you update.
panel-server-older = This server is older than this app. Some things may be missing until it is updated.
