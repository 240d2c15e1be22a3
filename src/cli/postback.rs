use anyhow::Result;

use super::args::{Places, Postback, PostbackUrl};
use super::context::{now, open, program};
use super::show::print;
use crate::app::{postback_url, verify_postback};

pub(super) async fn postback(places: &Places, command: &Postback) -> Result<()> {
    match command {
        Postback::Url(url) => print(&example(places, url)?),
        Postback::Verify { transaction, as_of } => verify(places, transaction, as_of.unwrap_or_else(now)).await,
    }
}

/// A signed address. It needs the program file and its secret, and no database.
fn example(places: &Places, url: &PostbackUrl) -> Result<String> {
    let program = program(places)?;
    let currency = url.currency.clone().unwrap_or_else(|| program.currency.code().to_owned());
    let is_conversion = !url.is_click;
    let values = [
        ("event", url.is_click.then(|| "click".to_owned())),
        ("transaction", Some(url.transaction.clone())),
        ("time", Some((now() / 1_000_000).to_string())),
        ("link", url.link.clone()),
        ("creator", url.creator.clone()),
        ("click", url.click.clone()),
        ("amount", url.amount.clone()),
        ("currency", is_conversion.then_some(currency)),
        ("sku", url.sku.clone()),
        ("sub_id", url.sub_id.clone()),
        ("sandbox", url.sandbox.then(|| "1".to_owned())),
    ];
    let values: Vec<_> = values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    let path = postback_url(&program, url.source.as_deref(), &values, now())?;
    Ok(format!("{}{path}", url.base.trim_end_matches('/')))
}

async fn verify(places: &Places, transaction: &str, as_of: i64) -> Result<()> {
    let (at, program) = open(places).await?;
    let found = verify_postback(&at, &program, transaction, as_of).await?;
    let what = if found.postback.is_conversion() { "conversion" } else { "click" };
    print(&format!("the {what} {transaction} arrived at {} at {}, as a test", found.source, found.postback.received_at()))?;
    match &found.explanation {
        Some(explanation) => print(&format!(
            "It became no fact. With the facts that were fetched last, it would be:\n\n{}",
            explanation.render().trim_end()
        )),
        None => print("It became no fact, and a click alone earns nothing"),
    }
}
