//! Asking Shopify in its own language: what its errors mean, and how fast it may be asked.

use std::time::Duration;

use anyhow::{Context, Error, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::patient_client::Client;
use crate::error::{Forbidden, Invalid, Transient};

/// The version of the API that is asked. Shopify keeps each for a year.
const VERSION: &str = "2026-10";

/// All that is asked.
const DOCUMENT: &str = include_str!("shopify.graphql");

/// How often a question is asked of which Shopify says that it failed inside.
const ATTEMPTS: u32 = 5;

/// How often Shopify may say in a row that it was asked too much.
const PATIENCE: u32 = 60;

/// The first pause after a fault, and the shortest where Shopify asks for patience.
const PAUSE: Duration = Duration::from_millis(200);
const SHORTEST: Duration = Duration::from_millis(20);

/// What Shopify did not answer, though asking in another way may help.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// One question asked for too much.
    #[error("a question costs more than Shopify allows")]
    TooCostly,
    /// A place in a list is not known any more, or something else is wrong with it.
    #[error("Shopify does not go on in a list: {0}")]
    Lost(String),
    /// Addresses are shown to apps alone that were given leave for them. Only reports want their countries.
    #[error("Shopify shows no addresses")]
    NoAddresses,
}

/// A shop's API.
pub(super) struct Api {
    client: Client,
    shop: String,
    /// How long the next question has to wait, as Shopify counts what questions cost.
    wait: Duration,
    /// What Shopify's clock said in its first answer (microseconds since 1970).
    pub started: Option<i64>,
}

impl Api {
    pub(super) fn new(address: &str, token: &str) -> Result<Self> {
        let client = Client::new(address, "x-shopify-access-token", token)?;
        Ok(Self { client, shop: address.to_owned(), wait: Duration::ZERO, started: None })
    }

    /// What an operation of the document answers. An answer in part is none: what is missing in it would be lost.
    ///
    /// # Errors
    ///
    /// [`Refusal`]; `Forbidden` when the token lacks a right; `Transient` when Shopify cannot answer now.
    pub(super) async fn ask<T: DeserializeOwned>(&mut self, operation: &str, variables: &Value) -> Result<T> {
        let body = json!({ "query": DOCUMENT, "operationName": operation, "variables": variables }).to_string();
        let (mut faults, mut patience, mut pause) = (0, 0, PAUSE);
        loop {
            tokio::time::sleep(std::mem::take(&mut self.wait)).await;
            let answer = self.client.ask(&format!("/admin/api/{VERSION}/graphql.json"), body.clone()).await?;
            self.started = self.started.or(answer.date);
            let mut body = answer.body;
            self.wait = wait_for(&body["extensions"]["cost"]);
            let Some(error) = first_error(&body) else {
                let data = body["data"].take();
                return serde_json::from_value(data).with_context(|| {
                    format!("{} answered {operation} in another form than its schema {VERSION} has", self.shop)
                });
            };
            match error.code.as_str() {
                "THROTTLED" if patience < PATIENCE => {
                    patience += 1;
                    self.wait = self.wait.max(SHORTEST);
                }
                "THROTTLED" => bail!(Transient(format!(
                    "{} kept saying that it is asked too much: other apps may use up what the shop allows. The next run goes on from here",
                    self.shop
                ))),
                "INTERNAL_SERVER_ERROR" | "TIMEOUT" | "SERVICE_UNAVAILABLE" => {
                    faults += 1;
                    if faults == ATTEMPTS {
                        bail!(Transient(format!(
                            "{} failed inside in {ATTEMPTS} attempts ({}); the next run goes on from here",
                            self.shop, error.message
                        )));
                    }
                    self.wait = self.wait.max(pause);
                    pause *= 2;
                }
                "MAX_COST_EXCEEDED" => return Err(Refusal::TooCostly.into()),
                "ACCESS_DENIED" if variables["countries"] == true && error.is_about_addresses => {
                    return Err(Refusal::NoAddresses.into());
                }
                "ACCESS_DENIED" => bail!(denied(&self.shop, &error.message)),
                "SHOP_INACTIVE" => bail!(Invalid(format!("{} is closed or frozen: {}", self.shop, error.message))),
                _ if variables["after"].is_string() => {
                    let again = Transient("the next run begins the list again".to_owned());
                    return Err(Error::from(Refusal::Lost(error.message)).context(again));
                }
                _ => bail!(Invalid(format!("{} refuses the question {operation}: {}", self.shop, error.message))),
            }
        }
    }
}

/// That the token lacks a right.
fn denied(shop: &str, message: &str) -> Error {
    Forbidden(format!(
        "{shop} does not let this access token ask for all that is needed: {message} Give the app the scopes read_orders, read_all_orders, \
         read_customers and read_shopify_payments_disputes, and access to protected customer data, and install it again"
    ))
    .into()
}

struct Said {
    code: String,
    message: String,
    is_about_addresses: bool,
}

fn first_error(body: &Value) -> Option<Said> {
    let errors = &body["errors"];
    if let Some(message) = errors.as_str() {
        return Some(Said { code: String::new(), message: message.to_owned(), is_about_addresses: false });
    }
    let error = errors.as_array()?.first()?;
    let code = error["extensions"]["code"].as_str().unwrap_or_default().to_owned();
    let message = error["message"].as_str().unwrap_or("it does not say why").to_owned();
    let needed = error["extensions"]["requiredAccess"].as_str().map(|access| format!(" (needed: {access})"));
    let path = error["path"].as_array().and_then(|path| path.iter().rev().find_map(Value::as_str));
    let is_about_addresses = path.is_some_and(|field| field == "shippingAddress" || field == "billingAddress");
    Some(Said { code, is_about_addresses, message: message + &needed.unwrap_or_default() })
}

/// How long to wait until the same question can be asked again: Shopify says what it costs, what is left and how fast it comes back.
fn wait_for(cost: &Value) -> Duration {
    let status = &cost["throttleStatus"];
    let figures = (whole(&cost["requestedQueryCost"]), whole(&status["currentlyAvailable"]), whole(&status["restoreRate"]));
    let (Some(needed), Some(left), Some(rate @ 1..)) = figures else { return Duration::ZERO };
    let lacking = needed.saturating_sub(left).max(0);
    // Rounded up: a moment too early is refused.
    Duration::from_millis(u64::try_from(lacking.saturating_mul(1000).div_euclid(rate) + lacking.signum()).unwrap_or_default())
}

/// A number without what stands behind its point.
fn whole(number: &Value) -> Option<i64> {
    number.is_number().then(|| number.to_string().split('.').next().and_then(|digits| digits.parse().ok()))?
}
