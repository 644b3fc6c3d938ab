//! What the fuzz targets of groups begin with (`protocol/fuzz/seeds`): what devices hand to the server today. A target that begins with
//! nothing does not come upon a commit by chance.
//!
//! When groups write something else, remove the files and make new ones with
//! `DIALTONE_WRITE_SEEDS=1 cargo test -p dialtone-crypto --test suite`; files that exist are never written over.

use std::path::{Path, PathBuf};

use dialtone_crypto::group::OwnPackage;
use dialtone_protocol::group_rules::{
    PrivateGroup, PrivateKind, check_commit_keys, check_package_keys, check_tree_keys,
};
use dialtone_protocol::roster::HistoryPolicy;
use openmls::prelude::tls_codec::Deserialize as _;
use openmls::prelude::{KeyPackageIn, MlsMessageIn, RatchetTreeIn};

use crate::common::World;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/fuzz/seeds")
}

/// Of a group of two: what makes it, changes it, and comes into it.
fn written() -> Vec<(&'static str, Vec<u8>)> {
    let mut world = World::with(1);
    let (account, device) = world.enlist();
    let join = world.prepare(account, &device).unwrap();
    let package = OwnPackage::generate(&device, account, 1_700_000_000).unwrap();
    let private = PrivateGroup {
        kind: PrivateKind::Channel,
        channel: world.channel,
        history: HistoryPolicy::All,
        accounts: [world.members[0].account, account].into(),
        admins: [world.members[0].account].into(),
    };
    let tree = world.server.tree();
    let founder = &mut world.members[0];
    let roster = &world.server.roster;
    let made = founder.group.make_commit(&founder.device, roster).unwrap();
    vec![
        ("groups/tree", tree),
        ("groups/commit", made.commit),
        ("groups/group-info", made.group_info),
        ("groups/external-commit", join.commit().to_vec()),
        ("groups/package", package.public),
        ("private/extension", private.to_bytes()),
    ]
}

fn is_read(name: &str, bytes: &[u8]) -> bool {
    match name {
        "groups/tree" => {
            check_tree_keys(bytes).is_ok() && RatchetTreeIn::tls_deserialize_exact(bytes).is_ok()
        }
        "groups/package" => {
            check_package_keys(bytes).is_ok() && KeyPackageIn::tls_deserialize_exact(bytes).is_ok()
        }
        "groups/group-info" => MlsMessageIn::tls_deserialize_exact(bytes).is_ok(),
        "private/extension" => PrivateGroup::read(bytes).is_ok(),
        _ => check_commit_keys(bytes).is_ok() && MlsMessageIn::tls_deserialize_exact(bytes).is_ok(),
    }
}

#[test]
fn fuzz_targets_begin_with_what_is_read() {
    let write = std::env::var_os("DIALTONE_WRITE_SEEDS").is_some();
    for (name, bytes) in written() {
        let path = folder().join(name);
        if write && !path.exists() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &bytes).unwrap();
        }
        let seed = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(is_read(name, &seed) && is_read(name, &bytes), "{name}");
        // It is of the same kind and size as what is written now.
        assert!(seed.len().abs_diff(bytes.len()) < 64, "{name}");
    }
}
