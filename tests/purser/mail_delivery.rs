//! How mails leave: signed, no faster than allowed, once; and what people do about those of which nobody knows.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use ring::digest::{SHA256, digest};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

use crate::support::mail_server::MailServer;
use crate::support::{Done, Shop};

const AT: &str = "2026-02-01T10:00:00Z";

/// Runs a command that sends through a server.
fn send(shop: &Shop, server: &MailServer, settings: &[(&str, &str)], arguments: &[&str]) -> Done {
    let mut command = shop.command(arguments);
    command.env("PURSER_SMTP_URL", server.url()).envs(settings.iter().copied());
    Done::from(command.output().expect("it starts"))
}

/// Recipients, and how often each got something.
fn came(server: &MailServer) -> BTreeMap<String, usize> {
    server.taken().into_iter().fold(BTreeMap::new(), |mut came, mail| {
        *came.entry(mail.recipient).or_default() += 1;
        came
    })
}

/// What a server took and did not answer may have arrived: nobody but a person has it sent again.
#[test]
fn a_mail_whose_answer_was_lost_is_repeated_by_a_person_only() {
    let shop = Shop::small();
    let server = MailServer::refusing("ben@example.com");
    server.set_mute(true);
    let told = send(&shop, &server, &[], &["run", "nightly", "statements", "--as-of", AT]);
    assert!(told.ok && told.out.contains("of which nobody knows whether they were sent"), "{}{}", told.out, told.err);
    assert_eq!(came(&server).values().sum::<usize>(), 2, "ana and cho");
    server.set_mute(false);
    for _ in 0..2 {
        assert!(send(&shop, &server, &[], &["run", "statements", "--as-of", AT]).ok);
    }
    assert_eq!(came(&server).values().sum::<usize>(), 2, "nothing is repeated unasked");
    let status = shop.must(&["mail", "status"]);
    for part in ["2 messages (statement) unknown", "1 message (statement) failed", "shop/ana/2026-01", "no such person here"] {
        assert!(status.contains(part), "{part} in {status}");
    }
    let csv = shop.must(&["mail", "status", "--format", "csv"]);
    assert!(csv.starts_with("message,channel,state,attempts,since,why\nshop/ana/2026-01,statement,unknown,1,"), "{csv}");
    let nobody = send(&shop, &server, &[], &["mail", "retry", "--unknown"]);
    assert!(!nobody.ok && nobody.err.contains("--by"), "{}", nobody.err);
    let told = send(&shop, &server, &[], &["mail", "retry", "shop/ana/2026-01", "--by", "mia"]);
    assert!(told.ok && told.out.contains("1 message to be sent again; 1 message sent now"), "{}{}", told.out, told.err);
    let told = send(&shop, &server, &[], &["mail", "retry", "--unknown", "--by", "mia"]);
    assert!(told.out.contains("1 message to be sent again; 1 message sent now"), "{}", told.out);
    assert_eq!(came(&server).values().copied().collect::<Vec<_>>(), [2, 2], "{:?}", came(&server));
    let taken = server.taken();
    assert_eq!(taken[0].text, taken[2].text, "the same bytes, and the same Message-ID");
    // What is refused for good is not tried again by itself, and is by a person.
    let told = send(&shop, &server, &[], &["mail", "retry", "--failed", "--by", "mia"]);
    assert!(told.out.contains("refused: shop/ben/2026-01"), "{}", told.out);
    let told = send(&shop, &server, &[], &["mail", "retry", "shop/ana/2026-01", "--by", "mia"]);
    assert!(!told.ok && told.err.contains("has no message shop/ana/2026-01 that was not sent"), "{}", told.err);
    shop.must(&["check"]);
}

/// A server that allows so many mails a minute is given no more.
#[test]
fn mails_are_sent_no_faster_than_the_server_allows() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", AT]);
    let server = MailServer::refusing("");
    let wrong = send(&shop, &server, &[("PURSER_SMTP_RATE", "many")], &["run", "statements", "--as-of", AT]);
    assert!(!wrong.ok && wrong.err.contains("PURSER_SMTP_RATE"), "{}", wrong.err);
    let since = Instant::now();
    let done = send(&shop, &server, &[("PURSER_SMTP_RATE", "40")], &["run", "statements", "--as-of", AT]);
    // Three mails, a second and a half between each.
    assert!(done.ok && since.elapsed() >= Duration::from_secs(3), "{:?}: {}", since.elapsed(), done.err);
    assert_eq!(server.taken().len(), 3);
}

#[test]
fn a_statement_can_be_tried_before_anybody_gets_it() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", AT]);
    let server = MailServer::refusing("nobody@shop.example");
    let preview = ["mail", "preview", "ana", "--month", "2026-01", "--as-of", AT];
    let shown = shop.must(&preview);
    assert!(
        shown.contains("Subject: Test: Preview: Small: $12.05") && shown.contains("List-Unsubscribe: <mailto:purser@localhost?"),
        "{shown}"
    );
    let told = send(&shop, &server, &[], &[&preview[..], &["--to", "me@shop.example"]].concat());
    assert!(told.ok && told.out.contains("a test was sent to me@shop.example"), "{}{}", told.out, told.err);
    assert_eq!(came(&server).into_keys().collect::<Vec<_>>(), ["RCPT TO:<me@shop.example>"]);
    let told = send(&shop, &server, &[], &[&preview[..], &["--to", "nobody@shop.example"]].concat());
    assert!(!told.ok && told.err.contains("no such person here"), "{}", told.err);
    let told = send(&shop, &server, &[], &[&preview[..], &["--to", "me"]].concat());
    assert!(!told.ok && told.err.contains("is not an email address"), "{}", told.err);
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM outbox").trim(), "0", "a test is kept nowhere");
}

/// One line of headers as RFC 6376 has it signed ("relaxed").
fn relaxed(name: &str, value: &str) -> String {
    format!("{}:{}", name.to_lowercase(), value.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Verifies a signature by RFC 6376 alone: the hash of the body, and the signature over the headers that it names.
fn verify(mail: &str, public_key: &[u8]) -> Result<Vec<String>, String> {
    let (head, body) = mail.split_once("\n\n").ok_or("a mail has a head and a body")?;
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    let headers: Vec<(&str, &str)> = head.lines().filter_map(|line| line.split_once(':')).collect();
    let find = |name: &str| headers.iter().rfind(|(known, _)| known.eq_ignore_ascii_case(name)).copied();
    let (name, signature) = find("DKIM-Signature").ok_or("it is not signed")?;
    let tags: BTreeMap<&str, String> = signature
        .split(';')
        .filter_map(|tag| tag.split_once('='))
        .map(|(tag, value)| (tag.trim(), value.split_whitespace().collect()))
        .collect();
    let lines: Vec<String> = body
        .lines()
        .map(|line| {
            let inside = line.split([' ', '\t']).collect::<Vec<_>>();
            let words: Vec<&str> =
                inside.iter().enumerate().filter(|(at, word)| *at == 0 || !word.is_empty()).map(|(_, word)| *word).collect();
            words.join(" ").trim_end().to_owned()
        })
        .collect();
    let body = lines.join("\r\n").trim_end_matches("\r\n").to_owned() + "\r\n";
    let hash = base64(digest(&SHA256, body.as_bytes()).as_ref());
    if tags["bh"] != hash {
        return Err(format!("the body's hash is {hash}, not {}", tags["bh"]));
    }
    let signed: Vec<String> = tags["h"].split(':').map(str::to_owned).collect();
    let mut text = String::new();
    for header in &signed {
        let (name, value) = find(header).ok_or_else(|| format!("{header} is signed, and not there"))?;
        text.push_str(&relaxed(name, value));
        text.push_str("\r\n");
    }
    let is_tag = |at: &usize| signature[..*at].trim_end().ends_with(';');
    let at = signature.match_indices("b=").map(|(at, _)| at).find(is_tag).ok_or("it has no signature")?;
    text.push_str(&relaxed(name, &signature[..at + 2]));
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key)
        .verify(text.as_bytes(), &unbase64(&tags["b"]))
        .map_err(|_| "the signature is of something else".to_owned())?;
    Ok(signed)
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let number = part.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for place in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= part.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

fn unbase64(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut number) = (Vec::new(), 0, 0u32);
    for letter in text.bytes().filter_map(|byte| LETTERS.iter().position(|known| *known == byte)) {
        number = number << 6 | letter as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((number >> bits) as u8);
            number &= (1 << bits) - 1;
        }
    }
    bytes
}

/// Makes a key as `deploy/README.md` says; answers the public one as DER of PKCS 1.
fn key(shop: &Shop) -> Vec<u8> {
    let openssl = |arguments: &[&str]| {
        let done = Command::new("openssl").args(arguments).current_dir(shop.folder.path()).output().expect("openssl is there");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    };
    openssl(&["genrsa", "-traditional", "-out", "dkim.pem", "2048"]);
    openssl(&["rsa", "-in", "dkim.pem", "-RSAPublicKey_out", "-outform", "DER"])
}

#[test]
fn mails_are_signed_for_their_domain() {
    let shop = Shop::small();
    let public_key = key(&shop);
    let server = MailServer::refusing("");
    let pem = shop.path("dkim.pem");
    let file = ("PURSER_DKIM_KEY_FILE", pem.to_str().expect("a path"));
    let run = ["run", "nightly", "statements", "--as-of", AT];
    let wrong = send(&shop, &server, &[file], &run);
    assert!(!wrong.ok && wrong.err.contains("PURSER_DKIM_DOMAIN"), "{}", wrong.err);
    let [domain, selector] = [("PURSER_DKIM_DOMAIN", "shop.example"), ("PURSER_DKIM_SELECTOR", "pay")];
    let none = send(&shop, &server, &[("PURSER_DKIM_KEY", "secret-word"), domain, selector], &run);
    assert!(!none.ok && none.err.contains("openssl genrsa") && !none.err.contains("secret-word"), "{}", none.err);
    let done = send(&shop, &server, &[file, domain, selector, ("PURSER_MAIL_FROM", "Pay <pay@shop.example>")], &run);
    assert!(done.ok, "{}", done.err);
    let taken = server.taken();
    assert_eq!(taken.len(), 3);
    for mail in &taken {
        let signed = verify(&mail.text, &public_key).unwrap_or_else(|why| panic!("{why}: {}", mail.text));
        for header in ["from", "to", "subject", "date", "message-id", "list-unsubscribe"] {
            assert!(signed.iter().any(|name| name == header), "{header} is signed: {signed:?}");
        }
        assert!(mail.text.contains("d=shop.example") && mail.text.contains("s=pay"));
        // What was changed on the way does not verify.
        assert!(verify(&mail.text.replacen("Content-Transfer-Encoding", "Content-Transfer-Encoding ", 1), &public_key).is_err());
        assert!(verify(&mail.text.replacen("Subject: ", "Subject: Re: ", 1), &public_key).is_err());
    }
}
