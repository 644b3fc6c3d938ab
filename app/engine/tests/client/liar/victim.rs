//! Two people in a channel, one of whom has only the liar between themselves and the server.

use dialtone_engine::snapshot::{ItemBody, Sending};
use dialtone_engine::{Command, CommunityCommand};
use dialtone_protocol::ChannelId;

use super::Liar;
use crate::house::{Client, House, channel, community, is_online, standing_alarm, through};

/// Anna is connected to the true server, Mikael to the liar.
pub(crate) struct Victim {
    pub(crate) anna: Client,
    pub(crate) mikael: Client,
    pub(crate) liar: Liar,
    pub(crate) house: House,
    /// Where the two write.
    pub(crate) general: ChannelId,
}

impl Victim {
    /// Both are in *general*, where Anna has written "before".
    pub(crate) fn new() -> Self {
        let house = House::new();
        let liar = Liar::before(&house);
        let anna = house.founder();
        let mikael = house.client("mikael");
        mikael.join(&through(&liar.address, &anna.invite(1, 3600)), None);
        for client in [&anna, &mikael] {
            client.open_channel("general");
        }
        anna.say("before");
        mikael.reads("anna", "before");
        let snapshot = anna.engine.handle.snapshot();
        let general = channel(community(&snapshot).unwrap(), "general")
            .unwrap()
            .id;
        Self {
            anna,
            mikael,
            liar,
            house,
            general,
        }
    }

    /// The warning that stops Mikael's client, if one stands.
    pub(crate) fn standing_alarm(&self) -> Option<String> {
        standing_alarm(&self.mikael.engine.handle.snapshot())
    }

    /// What Mikael sees in *general*, in order: texts as they are, what is refused or waits in brackets.
    pub(crate) fn lines(&self) -> Vec<String> {
        let snapshot = self.mikael.engine.handle.snapshot();
        let general = community(&snapshot).and_then(|one| channel(one, "general"));
        let items = general.map(|channel| channel.timeline.items.clone());
        let line = |body: &ItemBody| match body {
            ItemBody::Text(text) | ItemBody::Files { text, .. } => text.clone(),
            ItemBody::Refused(why) | ItemBody::Waiting(why) | ItemBody::Notice(why) => {
                format!("[{why}]")
            }
            ItemBody::Deleted { .. } => "[deleted]".to_owned(),
            ItemBody::Ignored(count) => format!("[{count} ignored]"),
        };
        let items = items.unwrap_or_default();
        items.iter().map(|item| line(&item.body)).collect()
    }

    /// Mikael writes: it is kept, and nothing is sealed, over a new connection either.
    pub(crate) fn nothing_is_sealed(&self) {
        let before = self.liar.sealed();
        self.mikael.say("not under a warning");
        let snapshot = self.mikael.wait("it waits", |snapshot| {
            let channels = community(snapshot)
                .into_iter()
                .flat_map(|one| &one.channels);
            let mut items = channels.flat_map(|channel| &channel.timeline.items);
            items.any(|item| item.sending == Sending::Pending)
        });
        // What was sent over the connection before has been seen when the next one is opened.
        let sockets = self.liar.sockets();
        let id = community(&snapshot).unwrap().id;
        self.mikael.send(Command::Reconnect(id));
        self.mikael.wait("it has connected anew", |snapshot| {
            self.liar.sockets() > sockets && is_online(snapshot)
        });
        assert_eq!(self.liar.sealed(), before, "nothing may be sealed");
    }

    /// Mikael says that he has compared with the others, and the warning goes.
    pub(crate) fn clear_warning(&self) {
        let snapshot = self.mikael.engine.handle.snapshot();
        let channel = community(&snapshot).unwrap().open.unwrap();
        self.mikael.in_community(CommunityCommand::Submit {
            channel,
            text: "/warning clear I compared with the others".into(),
            reply_to: None,
        });
        self.mikael.wait("the warning is gone", |snapshot| {
            is_online(snapshot) && standing_alarm(snapshot).is_none()
        });
    }
}
