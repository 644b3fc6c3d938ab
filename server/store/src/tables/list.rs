//! Every table of the newest schema, in an order in which each stands behind those that it refers to. A test compares it with the
//! migrations.

use super::{Column, Kind, Reference, Table};

const fn bytes(name: &'static str) -> Column {
    Column {
        name,
        kind: Kind::Bytes,
    }
}

const fn number(name: &'static str) -> Column {
    Column {
        name,
        kind: Kind::Number,
    }
}

const fn flag(name: &'static str) -> Column {
    Column {
        name,
        kind: Kind::Flag,
    }
}

const fn text(name: &'static str) -> Column {
    Column {
        name,
        kind: Kind::Text,
    }
}

/// Every table, those that are referred to first.
pub static TABLES: &[Table] = &[
    Table {
        name: "meta",
        columns: &[text("key"), bytes("value")],
        key: &["key"],
        references: &[],
        seeded: false,
    },
    Table {
        name: "accounts",
        columns: &[
            bytes("account_id"),
            bytes("username_hash"),
            bytes("password_file"),
            number("state"),
            number("created_ms"),
        ],
        key: &["account_id"],
        references: &[],
        seeded: false,
    },
    Table {
        name: "devices",
        columns: &[
            bytes("device_id"),
            bytes("account_id"),
            bytes("device_key"),
            bytes("box_key"),
            number("created_ms"),
            number("last_seen_ms"),
            number("revoked_ms"),
            number("last_grant"),
        ],
        key: &["device_id"],
        references: &[Reference {
            columns: &["account_id"],
            table: "accounts",
            named: &["account_id"],
        }],
        seeded: false,
    },
    Table {
        name: "sessions",
        columns: &[
            bytes("token_hash"),
            bytes("device_id"),
            number("created_ms"),
            number("expires_ms"),
            number("revoked_ms"),
        ],
        key: &["token_hash"],
        references: &[Reference {
            columns: &["device_id"],
            table: "devices",
            named: &["device_id"],
        }],
        seeded: false,
    },
    Table {
        name: "invites",
        columns: &[
            bytes("token_hash"),
            number("kind"),
            bytes("invite_id"),
            number("uses"),
            number("uses_left"),
            number("expires_ms"),
            bytes("pack"),
            bytes("issuer"),
            number("created_ms"),
            number("revoked_ms"),
        ],
        key: &["token_hash"],
        references: &[],
        seeded: false,
    },
    Table {
        name: "roster_head",
        columns: &[number("id"), number("length"), bytes("head")],
        key: &["id"],
        references: &[],
        seeded: true,
    },
    Table {
        name: "roster",
        columns: &[
            number("position"),
            bytes("bytes"),
            bytes("hash"),
            number("appended_ms"),
        ],
        key: &["position"],
        references: &[],
        seeded: false,
    },
    Table {
        name: "knocks",
        columns: &[bytes("account_id"), bytes("bytes"), number("created_ms")],
        key: &["account_id"],
        references: &[Reference {
            columns: &["account_id"],
            table: "accounts",
            named: &["account_id"],
        }],
        seeded: false,
    },
    Table {
        name: "mls_groups",
        columns: &[
            bytes("group_id"),
            number("epoch"),
            bytes("group_info"),
            bytes("public_state"),
            bytes("tree"),
            number("changed_ms"),
            bytes("nature"),
        ],
        key: &["group_id"],
        references: &[],
        seeded: false,
    },
    Table {
        name: "mls_commits",
        columns: &[
            bytes("group_id"),
            number("epoch"),
            bytes("bytes"),
            number("accepted_ms"),
        ],
        key: &["group_id", "epoch"],
        references: &[Reference {
            columns: &["group_id"],
            table: "mls_groups",
            named: &["group_id"],
        }],
        seeded: false,
    },
    Table {
        name: "channels",
        columns: &[
            bytes("channel_id"),
            bytes("group_id"),
            number("created_ms"),
            flag("closed"),
            number("last_sequence"),
            bytes("stream_hash"),
            number("retention_days"),
        ],
        key: &["channel_id"],
        references: &[],
        seeded: false,
    },
    Table {
        name: "messages",
        columns: &[
            bytes("channel_id"),
            number("sequence"),
            bytes("device_id"),
            number("device_sequence"),
            bytes("client_event_id"),
            bytes("sealed"),
            bytes("event_hash"),
            bytes("stream_hash"),
            number("stored_ms"),
            number("expires_ms"),
            flag("gone"),
        ],
        key: &["channel_id", "sequence"],
        references: &[Reference {
            columns: &["channel_id"],
            table: "channels",
            named: &["channel_id"],
        }],
        seeded: false,
    },
    Table {
        name: "absences",
        columns: &[
            bytes("channel_id"),
            bytes("device_id"),
            bytes("client_event_id"),
            bytes("event_hash"),
            number("recorded_ms"),
        ],
        key: &["channel_id", "device_id", "client_event_id", "event_hash"],
        references: &[Reference {
            columns: &["channel_id"],
            table: "channels",
            named: &["channel_id"],
        }],
        seeded: false,
    },
    Table {
        name: "grants",
        columns: &[
            bytes("device_id"),
            number("grant_id"),
            bytes("from_device"),
            bytes("bytes"),
            number("created_ms"),
        ],
        key: &["device_id", "grant_id"],
        references: &[Reference {
            columns: &["device_id"],
            table: "devices",
            named: &["device_id"],
        }],
        seeded: false,
    },
    Table {
        name: "recovery",
        columns: &[
            bytes("account_id"),
            bytes("account_file"),
            bytes("history_file"),
            number("counter"),
            number("updated_ms"),
            bytes("password_copy"),
        ],
        key: &["account_id"],
        references: &[Reference {
            columns: &["account_id"],
            table: "accounts",
            named: &["account_id"],
        }],
        seeded: false,
    },
    Table {
        name: "welcomes",
        columns: &[
            bytes("group_id"),
            number("epoch"),
            bytes("bytes"),
            bytes("tree"),
        ],
        key: &["group_id", "epoch"],
        references: &[Reference {
            columns: &["group_id"],
            table: "mls_groups",
            named: &["group_id"],
        }],
        seeded: false,
    },
    Table {
        name: "welcomed",
        columns: &[bytes("group_id"), bytes("device_id"), number("epoch")],
        key: &["group_id", "device_id"],
        references: &[
            Reference {
                columns: &["device_id"],
                table: "devices",
                named: &["device_id"],
            },
            Reference {
                columns: &["group_id", "epoch"],
                table: "welcomes",
                named: &["group_id", "epoch"],
            },
        ],
        seeded: false,
    },
    Table {
        name: "key_packages",
        columns: &[bytes("device_id"), bytes("bytes"), number("stored_ms")],
        key: &["device_id"],
        references: &[Reference {
            columns: &["device_id"],
            table: "devices",
            named: &["device_id"],
        }],
        seeded: false,
    },
    Table {
        name: "blobs",
        columns: &[
            bytes("blob_id"),
            bytes("account_id"),
            number("size"),
            number("state"),
            bytes("object_id"),
            number("changed_ms"),
            number("expires_ms"),
            bytes("hash"),
        ],
        key: &["blob_id"],
        references: &[],
        seeded: false,
    },
    Table {
        name: "blob_leftovers",
        columns: &[bytes("object_id"), number("since_ms")],
        key: &["object_id"],
        references: &[],
        seeded: false,
    },
];
