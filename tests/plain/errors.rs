//! What callers tell apart stays apart, whatever stands around it.

use std::io::{Error as IoError, ErrorKind};

use anyhow::{Context, Error, anyhow};

use crate::error::{Conflict, Forbidden, Invalid, Kind, NotFound, Transient, is_conflict, is_transient, kind_of};

#[test]
fn a_kind_is_found_anywhere_in_a_chain_and_the_outermost_counts() {
    let said = || "something".to_owned();
    let cases: [(Error, Option<Kind>); 9] = [
        (NotFound(said()).into(), Some(Kind::NotFound)),
        (Error::from(Invalid(said())).context("while reading").context("while running"), Some(Kind::Invalid)),
        (Error::from(Conflict(said())).context(Transient(said())), Some(Kind::Transient)),
        (Error::from(IoError::from(ErrorKind::TimedOut)).context(Forbidden(said())), Some(Kind::Forbidden)),
        (IoError::from(ErrorKind::StorageFull).into(), Some(Kind::Transient)),
        (Error::from(IoError::from(ErrorKind::ConnectionReset)).context("while asking"), Some(Kind::Transient)),
        (IoError::from(ErrorKind::NotFound).into(), None),
        (IoError::from(ErrorKind::PermissionDenied).into(), None),
        (anyhow!("Transient: the word alone says nothing"), None),
    ];
    for (error, kind) in cases {
        assert_eq!(kind_of(&error), kind, "{error:#}");
        assert_eq!(is_transient(&error), kind == Some(Kind::Transient), "{error:#}");
        assert_eq!(is_conflict(&error), kind == Some(Kind::Conflict), "{error:#}");
    }
}

#[test]
fn a_message_is_what_was_said() {
    let error = Err::<(), _>(Invalid("row 2: sku".to_owned())).context("cannot read lines.csv").expect_err("it is an error");
    assert_eq!(format!("{error:#}"), "cannot read lines.csv: row 2: sku");
}
