//! Asking a server: with patience, within limits, and without following it anywhere.

use std::time::Duration;

use anyhow::{Error, Result, bail};
use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;

use super::http::asking;
use crate::error::{Forbidden, Invalid, Transient};

/// How long an answer may take, from the first byte of the question to the last of the answer.
const ANSWER: Duration = Duration::from_secs(90);

/// How large an answer may be (bytes).
const LARGEST: usize = 64 << 20;

/// How often a question that was not answered is asked.
const ATTEMPTS: u32 = 5;

/// How long the first pause is; each is twice the one before.
const PAUSE: Duration = Duration::from_millis(200);

/// The longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// How often a server may ask for patience before that counts as no answer.
const PATIENCE: u32 = 60;

/// A server, and the secret that it asks for.
pub(super) struct Client {
    http: reqwest::Client,
    address: String,
    /// The name and the password that it is sent with each question, if it wants these.
    login: Option<(String, String)>,
    /// What people call what it knows us by: "the access token".
    secret: &'static str,
}

/// What a server answered.
pub(super) struct Answer {
    pub body: Value,
    /// The server's clock (microseconds since 1970), if it says.
    pub date: Option<i64>,
    /// How many things there are of which this is a page, if it says.
    pub total: Option<u64>,
}

/// Why there is no answer yet.
enum Refused {
    /// The server asks for patience, perhaps for so long.
    Busy(Option<Duration>),
    /// It may answer if it is asked again.
    Fault(String),
    /// There is no such thing.
    Missing,
    /// Asking again is of no use.
    Final(Error),
}

impl Client {
    /// A server at an address, which knows us by a header. It is sent to this address alone: a redirect is not followed.
    pub(super) fn new(address: &str, header: &'static str, secret: &str) -> Result<Self> {
        let mut value = HeaderValue::from_str(secret).map_err(|_| Invalid("the access token holds strange signs".to_owned()))?;
        value.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(header), value);
        Self::of(address, headers, None, "the access token")
    }

    /// A server at an address, which knows us by a name and a password that are sent with each question, in a header. What people call
    /// the two is `secret`.
    pub(super) fn with_login(address: &str, login: (&str, &str), secret: &'static str) -> Result<Self> {
        Self::of(address, HeaderMap::new(), Some((login.0.to_owned(), login.1.to_owned())), secret)
    }

    fn of(address: &str, mut headers: HeaderMap, login: Option<(String, String)>, secret: &'static str) -> Result<Self> {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Self { http: asking(headers, ANSWER)?, address: address.to_owned(), login, secret })
    }

    /// Asks a question, a text of JSON, and reads the JSON that is answered. It changes nothing at the server.
    ///
    /// # Errors
    ///
    /// `Transient` when there was no answer in several attempts; else when the server refuses.
    pub(super) async fn ask(&self, path: &str, body: String) -> Result<Answer> {
        let answer = self.patiently(|| self.http.post(format!("{}{path}", self.address)).body(body.clone())).await?;
        Ok(answer.ok_or_else(|| self.no_api())?)
    }

    /// Asks for what is at a path, and reads its JSON; none if there is nothing.
    ///
    /// # Errors
    ///
    /// As [`Client::ask`].
    pub(super) async fn get(&self, path: &str) -> Result<Option<Answer>> {
        self.patiently(|| self.http.get(format!("{}{path}", self.address))).await
    }

    /// That the address is wrong.
    pub(super) fn no_api(&self) -> Invalid {
        Invalid(format!("{} is no shop with this API (404); check the address in the program file", self.address))
    }

    async fn patiently(&self, question: impl Fn() -> RequestBuilder) -> Result<Option<Answer>> {
        let (mut faults, mut patience, mut pause) = (0, 0, PAUSE);
        loop {
            let question = match &self.login {
                Some((name, password)) => question().basic_auth(name, Some(password)),
                None => question(),
            };
            let sent = question.send().await;
            let wait = match self.answer(sent).await {
                Ok(answer) => return Ok(Some(answer)),
                Err(Refused::Missing) => return Ok(None),
                Err(Refused::Final(error)) => return Err(error),
                Err(Refused::Busy(_)) if patience == PATIENCE => {
                    bail!(Transient(format!("{} kept asking for patience; the next run goes on from here", self.address)))
                }
                Err(Refused::Busy(wait)) => {
                    patience += 1;
                    wait.unwrap_or(pause).min(LONGEST_PAUSE)
                }
                Err(Refused::Fault(why)) => {
                    faults += 1;
                    tracing::debug!("{}: {why}", self.address);
                    if faults == ATTEMPTS {
                        bail!(Transient(format!(
                            "{} {why}, in {ATTEMPTS} attempts; the next run goes on from here",
                            self.address
                        )));
                    }
                    pause
                }
            };
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn answer(&self, sent: reqwest::Result<Response>) -> Result<Answer, Refused> {
        let mut response = sent.map_err(|error| Refused::Fault(format!("could not be reached ({})", reasons(error))))?;
        let status = response.status();
        let date = time_of(&response, DATE);
        let total = response.headers().get("x-wp-total").and_then(|total| total.to_str().ok()?.trim().parse().ok());
        if let Some(refused) = self.refused(&response, status) {
            return Err(refused);
        }
        let mut bytes = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() > LARGEST => {
                    return Err(Refused::Fault(format!("answered with more than {} MB", LARGEST >> 20)));
                }
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Err(Refused::Fault(format!("broke its answer off ({})", reasons(error)))),
            }
        }
        match serde_json::from_slice(&bytes) {
            Ok(body) => Ok(Answer { body, date, total }),
            Err(_) => Err(Refused::Fault(format!("answered with something that is no JSON: {}", beginning(&bytes)))),
        }
    }

    /// Why an answer of this status is none.
    fn refused(&self, response: &Response, status: StatusCode) -> Option<Refused> {
        let (at, secret) = (&self.address, self.secret);
        let invalid = |why: String| Some(Refused::Final(Invalid(why).into()));
        match status {
            status if status.is_success() => None,
            StatusCode::TOO_MANY_REQUESTS => Some(Refused::Busy(retry_after(response))),
            StatusCode::UNAUTHORIZED => Some(Refused::Final(
                Forbidden(format!("{at} does not know {secret} (401); put a valid one where the program file says")).into(),
            )),
            StatusCode::FORBIDDEN => Some(Refused::Final(
                Forbidden(format!("{at} does not let in who comes with {secret} (403); give it the rights it needs")).into(),
            )),
            StatusCode::NOT_FOUND => Some(Refused::Missing),
            status if status.is_redirection() => {
                let target =
                    response.headers().get(reqwest::header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("elsewhere");
                let host = reqwest::Url::parse(target).ok().and_then(|url| url.host_str().map(str::to_owned));
                let host = host.unwrap_or_else(|| "another page".to_owned());
                invalid(format!(
                    "{at} sends us to {host} ({status}), and {secret} goes to no other address than the program file says; if that \
                     is the shop, write it there"
                ))
            }
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Some(Refused::Fault(format!("answered {status}")))
            }
            status => invalid(format!("{at} refuses what it was asked ({status})")),
        }
    }
}

/// How long a server asks us to wait; a day of the calendar is not looked at.
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    // Shopify writes `2.0`.
    let seconds = text.split('.').next()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn time_of(response: &Response, header: HeaderName) -> Option<i64> {
    let text = response.headers().get(header)?.to_str().ok()?;
    chrono::DateTime::parse_from_rfc2822(text).ok().map(|time| time.timestamp_micros())
}

/// What an answer that cannot be read begins with, for people; it comes from the server, and holds no secret of ours.
fn beginning(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let words: Vec<&str> = text.split_whitespace().collect();
    format!("\"{}\"", words.join(" ").chars().take(60).collect::<String>())
}

/// An error with its causes, without the address, which stands beside it.
fn reasons(error: reqwest::Error) -> String {
    format!("{:#}", Error::from(error.without_url()))
}
