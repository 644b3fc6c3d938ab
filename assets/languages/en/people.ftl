people-channel-settings = Channel settings
people-channel-settings-menu = Channel settings…
people-channel-gone = This channel is not there any more.
people-channel-open-words = All members see its name and topic; the server does not.
people-channel-private-words = Only who belongs to it sees its name and topic; the server does not.
people-name = Name
people-topic = Topic
people-topic-hint = What it is about
people-list-heading = Heading in the list
people-list-heading-none = None
people-newcomers = What newcomers read
people-newcomers-all = All of it
people-newcomers-joining = From joining
people-newcomers-hint = It counts from now on: keys that somebody has stay theirs.
people-history = History of the community
people-history-words = Every change, signed by whoever made it and checked by every member. Their order is sure; when each was made is not written down.
people-kind-everything = Everything
people-kind-people = Who came and went
people-kind-roles = Roles and voices
people-kind-devices = Devices and account keys
people-kind-invites = Invites
people-kind-keys = Keys of the community
people-find = Find
people-find-hint = A name, a channel, a number
people-what-is-shown = What is shown
people-by-everybody = By and about everybody
people-by-named = By and about { $name }
people-about-whom = About whom
people-reading = Reading…
people-history-nothing = Nothing like this is in the history.
people-show-earlier = Show earlier ones
people-entry = Entry { $number }
people-invites = Invites
people-invites-words = Who has such a link can join until it is used up, over, or taken back. The link itself is not kept anywhere.
people-new-invite = New invite
people-no-invite-open = No invite is open just now.
people-show-over =
    { $count ->
        [one] Show the one that is over
       *[other] Show the { $count } that are over
    }
people-take-back-entry = Take back entry { $number }
people-take-back = Take back
people-invite-used = { $name } · { $used } of { $uses } used
people-invite-open = Open until { $day }, { $time }
people-invite-used-up = Used up
people-invite-expired = Over since { $day }
people-invite-void = Taken back, or its maker may not invite any more
people-invite-state = { $state } · entry { $number }
people-invite-state-admins = { $state } · makes admins · entry { $number }
people-used-by = Used by { $names }
people-used-by-more = Used by { $names } and { $count } more
people-all-invites = All invites
people-link-as-code = The link as a QR code
people-hide-code = Hide code
people-show-code = Show as code
people-not-member = Not a member any more
people-not-member-words = The history of the community says what happened.
people-what-they-did = What they did here…
people-picture-of = Picture of { $name }
people-is-here =
    { $role ->
        [member] Member
        [admin] Admin
       *[founder] Founder
    } · { $here }
people-alike-before = Another member, { $like }, has nearly the same name and was here before.
people-alike = Another member has nearly the same name: { $like }
people-alike-row = a name like another's
people-trust-entry = { $trust } Entry { $number }.
people-compared = You have compared safety words, and their key is still the same.
people-not-compared = You have not compared safety words with them.
people-muted-for-all = Muted for everybody by an admin.
people-heard-first = Heard before other voices.
people-you-ignore = You ignore them, on this computer.
people-devices =
    { $count ->
        [0] No device that may read here.
        [one] One device, added with entry { $entries }.
       *[other] { $count } devices, added with entries { $entries }.
    }
people-change-name = Change your name
people-name-here = Your name here
people-name-words = Everybody in this community sees it. You still sign in with the name that you registered.
people-password-title = Change your password in { $name }
people-password-words = It proves to the server who you are. If it is also the one that opens the keys on this computer, that is changed, too. Your other devices keep the password that they have for their own keys.
people-password-old = Password until now
people-password-new = New password
people-password-again = New password again
people-password-differs = This is not the same as above.
people-password-hint = At least eight characters. Nobody can reset it, not even the server.
people-change = Change
people-change-password = Change password…
people-export-title = Take your history of { $name } along
people-export-button = Take your history of { $name } along…
people-export-words = Every channel that you can read is written into a new folder among your downloads: a text to read, lines of JSON for programs, and the files that are on this computer.
people-export-warning = What is written is not sealed: whoever gets at the folder reads all of it.
people-export-begin = Write it
people-export-written =
    { $messages ->
        [one] 1 message
       *[other] { $messages } messages
    } and { $files ->
        [one] 1 file
       *[other] { $files } files
    }
people-export-working = Writing: { $written } so far.
people-export-done = { $written } are in { $folder }.
people-export-stopped = Stopped: { $written } are in { $folder }.
people-export-failed = It did not come to its end after { $written }: { $why }.
people-wipe-title = Wipe this computer?
people-wipe-words = Keys, history, files and settings of all communities are deleted here. Your accounts stay on their servers: you come back by another device or your recovery key, else they are lost. What you saved elsewhere stays. It cannot be taken back.
people-wipe-type = Type “{ $words }” to go on
people-wipe = Wipe
people-wipe-button = Wipe this computer…
people-remove-why = Why (they and all members read it)
people-remove-why-hint = You need not give a reason
people-ignore = Ignore
people-listen-to-them = Listen to them again
people-ignored-row = ignored
people-profile = Profile…
people-ignored-messages =
    { $count ->
        [one] 1 message of { $name }, whom you ignore
       *[other] { $count } messages of { $name }, whom you ignore
    }
people-show-anyway = Show anyway
people-ignored-in = People you ignore in { $community }
people-listen-to-named = Listen to { $name } again
people-listen-again = Listen again
people-ignored-words = This is kept on this computer alone; they are not told.
people-lock-away = Lock when nobody is there
people-lock-away-words = After so long without keyboard and mouse in this window; not while you are in a call.
people-minutes = { $minutes } min
people-never = Never
people-along-and-wipe = Taking along and wiping
line-slash-a-channel = channel
line-slash-a-person = person
line-slash-a-name = name
line-slash-a-path = path
