//! What a browser gets at the server's address, and what it shows: `tests/browser/browser.js` runs the page as it is served.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dialtone_protocol::link::{Entrance, Link, LinkData};
use dialtone_protocol::roster::RosterPosition;
use dialtone_protocol::{CommunityId, Hash, InviteId, PublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::common::TestServer;

const BROWSER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/browser.js");
const ADDRESS: &str = "https://localhost:7440/";
const BROKEN: &str = "This invitation is not complete";
const INVITED: &str = "You are invited";

/// What the browser is told; see there.
#[derive(Serialize, Clone)]
struct Visit {
    page: String,
    policy: String,
    address: String,
    scripts: bool,
    steps: Vec<Step>,
}

#[derive(Serialize, Clone)]
#[serde(rename_all = "lowercase")]
enum Step {
    /// Another address with this behind the `#`.
    Fragment(String),
    /// The keyboard goes to what is called so.
    Focus(&'static str),
}

/// What is to be seen.
#[derive(Deserialize, Debug)]
struct Shown {
    text: String,
    links: Vec<Leads>,
    fields: Vec<Field>,
}

#[derive(Deserialize, Debug)]
struct Leads {
    text: String,
    address: String,
}

#[derive(Deserialize, Debug)]
struct Field {
    value: String,
    selected: bool,
}

impl Visit {
    /// The page of a server of which the operator said where the client is got.
    async fn new(client_url: Option<&str>) -> Self {
        let server =
            TestServer::start_set(|settings| settings.client_url = client_url.map(Into::into));
        let answer = server.await.api().get("/").await;
        Self {
            policy: answer.header("content-security-policy").unwrap().to_owned(),
            page: String::from_utf8(answer.body).unwrap(),
            address: ADDRESS.to_owned(),
            scripts: true,
            steps: Vec::new(),
        }
    }

    fn at(&self, address: String) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }

    fn with(&self, steps: Vec<Step>) -> Self {
        Self {
            steps,
            ..self.clone()
        }
    }

    /// What is seen at first and after each step, or the browser's complaint.
    fn go(&self) -> Result<Vec<Shown>, String> {
        let mut browser = Command::new("node")
            .arg(BROWSER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("node: {error}; ./dev test installs it"));
        let mut input = browser.stdin.take().unwrap();
        input.write_all(&serde_json::to_vec(self).unwrap()).unwrap();
        drop(input);
        let output = browser.wait_with_output().unwrap();
        if output.status.success() {
            Ok(serde_json::from_slice(&output.stdout).unwrap())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    fn first(&self) -> Shown {
        self.go().unwrap().remove(0)
    }
}

impl Shown {
    fn opens(&self) -> Option<&str> {
        let mut links = self.links.iter();
        let link = links.find(|link| link.text == "Open in Dialtone");
        link.map(|link| link.address.as_str())
    }
}

/// One of each kind.
fn links(server: &str) -> Vec<Link> {
    let community = CommunityId([3; 32]);
    let member = |community_name: String| Entrance::Member {
        seed: Hash([4; 32]),
        invite: InviteId([5; 16]),
        community,
        position: RosterPosition {
            length: 70_000,
            head: Hash([6; 32]),
        },
        community_name,
        inviter_name: "Åsa".to_owned(),
    };
    let entrances = [
        Entrance::Founding,
        Entrance::Knock { community },
        member("Crew".to_owned()),
        member("räksmörgås".repeat(30)),
    ];
    let data = |entrance| LinkData {
        version: 1,
        token: Hash([0xff; 32]),
        server_key: PublicKey([0xfb; 32]),
        entrance,
    };
    let link = |entrance| Link {
        server: server.to_owned(),
        data: data(entrance),
    };
    entrances.map(link).into()
}

fn fragment(link: &Link) -> String {
    link.to_string().split_once('#').unwrap().1.to_owned()
}

#[tokio::test]
async fn a_browser_gets_a_page_and_a_program_that_wants_json_none() {
    let server = TestServer::start().await;
    let browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
    let page = server.api().send("GET", "/", browser, &[]).await;
    assert_eq!(page.status, 200);
    let kind = page.header("content-type").unwrap();
    assert!(kind.starts_with("text/html"), "{kind}");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'sha256-"), "{policy}");
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains("This is a Dialtone server"));
    let json = "Accept: application/json\r\n";
    assert_eq!(server.api().send("GET", "/", json, &[]).await.status, 404);
}

#[tokio::test]
async fn an_invitation_opens_in_the_program() {
    let page = Visit::new(None).await;
    for (address, server) in [
        ("https://localhost:7440/", "localhost:7440"),
        ("https://chat.example.org/", "chat.example.org:443"),
        ("https://[2001:db8::1]:7440/", "[2001:db8::1]:7440"),
        ("http://127.0.0.1:7440/", "127.0.0.1:7440"),
    ] {
        for link in links(server) {
            let visit = page.at(format!("{address}#{}", fragment(&link)));
            let seen = visit.with(vec![Step::Focus("link")]).go().unwrap();
            let [first, chosen] = &seen[..] else {
                panic!("{seen:?}")
            };
            assert!(first.text.contains(INVITED) && !first.text.contains(BROKEN));
            let opens = first.opens().unwrap();
            assert!(opens.starts_with("dialtone://"), "{opens}");
            assert_eq!(opens.parse::<Link>().unwrap(), link);
            // To be copied where nothing opens, and then all of it.
            assert_eq!(first.fields[0].value, opens);
            assert!(!first.fields[0].selected && chosen.fields[0].selected);
        }
    }
}

#[tokio::test]
async fn an_invitation_of_which_something_is_missing_says_so_and_opens_nothing() {
    let page = Visit::new(None).await;
    for link in links("localhost:7440") {
        let whole = fragment(&link);
        let mut broken: Vec<_> = (1..whole.len())
            .map(|end| whole[..end].to_owned())
            .collect();
        for change in [
            "{}A", "{}AAAA", "A{}", "{}.", "{}%20", "{}#{}", "/{}", "{}=",
        ] {
            broken.push(change.replace("{}", &whole));
        }
        broken.push("A".repeat(5000));
        // An array that says it is longer than anything.
        broken.push(format!("m{}", "_".repeat(70)));
        let mut steps: Vec<_> = broken.iter().cloned().map(Step::Fragment).collect();
        steps.push(Step::Fragment(whole));
        steps.push(Step::Fragment(String::new()));
        let mut seen = page.with(steps).go().unwrap();
        let (nothing, mended) = (seen.pop().unwrap(), seen.pop().unwrap());
        for (shown, fragment) in seen[1..].iter().zip(&broken) {
            assert!(shown.text.contains(BROKEN), "{fragment}");
            assert!(!shown.text.contains(INVITED), "{fragment}");
            assert!(shown.opens().is_none() && shown.fields.is_empty());
            let read = format!("dialtone://localhost:7440/#{fragment}").parse::<Link>();
            assert!(read.is_err(), "{fragment}");
        }
        assert_eq!(mended.opens().unwrap().parse::<Link>().unwrap(), link);
        for shown in [&seen[0], &nothing] {
            assert!(!shown.text.contains(BROKEN) && !shown.text.contains(INVITED));
            assert!(shown.opens().is_none());
        }
    }
}

#[tokio::test]
async fn who_has_no_client_is_told_how_to_get_it() {
    let invitation = fragment(&links("localhost:7440")[1]);
    for fragment in ["", &invitation, &invitation[..90]] {
        let address = format!("{ADDRESS}#{fragment}");
        let asks = Visit::new(None).await.at(address.clone()).first();
        assert!(asks.text.contains("If you do not have Dialtone yet"));
        assert!(asks.text.contains("can tell you where to get it."));
        let url = "https://example.org:8443/get?system=linux&form=deb#newest";
        let leads = Visit::new(Some(url)).await.at(address).first();
        assert!(!leads.text.contains("can tell you where to get it."));
        let mut found = leads.links.iter().filter(|link| link.address == url);
        assert_eq!(found.next().unwrap().text, "Get it from example.org:8443");
        // It is the only way from here but into the program.
        let others = leads.links.iter().filter(|link| link.address != url);
        assert!(
            others
                .map(|link| &link.address)
                .all(|link| link.starts_with("dialtone://"))
        );
    }
}

#[tokio::test]
async fn without_scripts_it_says_what_to_do_by_hand() {
    let mut page = Visit::new(None).await;
    page.scripts = false;
    let fragment = fragment(&links("localhost:7440")[0]);
    let shown = page.at(format!("{ADDRESS}#{fragment}")).first();
    for words in ["If you were sent an invitation", "in the place of https://"] {
        assert!(shown.text.contains(words), "{}", shown.text);
    }
    assert!(!shown.text.contains(INVITED) && !shown.text.contains(BROKEN));
    page.scripts = true;
    assert!(!page.first().text.contains("in the place of"));
}

/// Without which a page that is good for this browser would prove nothing.
#[tokio::test]
async fn the_browser_of_these_tests_refuses_what_asks_keeps_or_goes_elsewhere() {
    let page = Visit::new(None).await;
    for script in [
        "fetch(location.hash)",
        "new XMLHttpRequest()",
        "new WebSocket(location.hash)",
        "new Image().src = location.hash",
        "navigator.sendBeacon(location.hash)",
        "location.href = 'https://evil.example/'",
        "location.replace('https://evil.example/')",
        "location = 'https://evil.example/'",
        "open('https://evil.example/')",
        "localStorage.setItem('link', location.hash)",
        "document.cookie = location.hash",
        "document.createElement('img')",
        "document.getElementById('invitation').innerHTML = location.hash",
        "document.getElementById('invitation').setAttribute('style', location.hash)",
        "document.getElementById('open').click()",
        "setTimeout(() => {}, 1)",
        "eval('1')",
        "import('https://evil.example/')",
        "require('node:http')",
        "process.exit(0)",
    ] {
        let mut worse = page.clone();
        let changed = format!("  {script};\n  const isWhole");
        worse.page = page.page.replacen("  const isWhole", &changed, 1);
        assert!(worse.page != page.page);
        let forbidden = worse.go().unwrap_err();
        assert!(forbidden.contains("forbids the page's script"), "{script}");
        // A policy that would let it.
        let own = worse.page.split_once("<script>").unwrap().1;
        let own = own.split_once("</script>").unwrap().0;
        let hash = STANDARD.encode(Sha256::digest(own));
        let allowing = format!("script-src 'sha256-{hash}' ");
        worse.policy = worse.policy.replace("script-src ", &allowing);
        assert!(worse.go().is_err(), "{script}");
    }
    for element in [
        "<img src=\"https://evil.example/\">",
        "<p style=\"x\">x</p>",
        "<a href=\"x\" ping=\"https://evil.example/\">x</a>",
        "<meta http-equiv=\"refresh\" content=\"0\">",
    ] {
        let mut worse = page.clone();
        worse.page = page.page.replacen("<main>", &format!("<main>{element}"), 1);
        assert!(worse.go().is_err(), "{element}");
    }
    let mut open = page.clone();
    open.policy = page.policy.replace("default-src 'none'", "default-src *");
    assert!(open.go().unwrap_err().contains("load something"));
    page.go().unwrap();
}
