//! Reading lists whole.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::Value;

use super::super::patient_client::Client;
use super::super::secret::read_secret;
use super::thing::{Thing, required};
use crate::error::{Invalid, Transient};
use crate::program::GoAffPro;

/// The largest page.
const PAGE: usize = 250;

/// How often a list is read that changes while it is read.
const ATTEMPTS: u32 = 3;

/// The lists of the platform.
pub(super) struct Lists {
    client: Client,
    address: String,
}

impl Lists {
    pub(super) fn new(platform: &GoAffPro) -> Result<Self> {
        let token = read_secret(&platform.secret, "the access token")?;
        let client = Client::new(&platform.address, "x-goaffpro-access-token", &token)?;
        Ok(Self { client, address: platform.address.clone() })
    }

    /// Asks for one affiliate.
    pub(super) async fn look(&self) -> Result<()> {
        self.page("affiliates", "id", 1, 0).await.map(drop)
    }

    /// All things of a list with these fields, by their ids.
    ///
    /// # Errors
    ///
    /// `Transient` when not as many came as the list says there are.
    pub(super) async fn all(&self, list: &str, fields: &str) -> Result<Vec<Thing>> {
        let (mut came, mut there) = (0, 0);
        for _ in 0..ATTEMPTS {
            let (mut found, mut offset) = (BTreeMap::new(), 0);
            loop {
                let (things, total) = self.page(list, fields, PAGE, offset).await?;
                let before = found.len();
                for thing in things {
                    found.insert(required(&thing, "id", list)?, thing);
                }
                (offset, there) = (offset + PAGE, total);
                // It may go on beyond its end, and give again what it gave.
                if offset >= total || found.len() == before {
                    break;
                }
            }
            came = found.len();
            if came == there {
                let mut things: Vec<_> = found.into_iter().collect();
                things.sort_by(|(one, _), (other, _)| (one.len(), one).cmp(&(other.len(), other)));
                return Ok(things.into_iter().map(|(_, thing)| thing).collect());
            }
        }
        bail!(Transient(format!(
            "{}: {came} of {there} {list} came, in {ATTEMPTS} attempts. Nothing was posted; the next run asks again",
            self.address
        )))
    }

    /// A page of a list, and how many things the list has.
    async fn page(&self, list: &str, fields: &str, limit: usize, offset: usize) -> Result<(Vec<Thing>, usize)> {
        let path = format!("/admin/{list}?fields={fields}&limit={limit}&offset={offset}");
        let answer = self.client.get(&path).await?;
        let Some(mut answer) = answer else {
            bail!(Invalid(format!("{} has no list {list} (404); check the address in the program file", self.address)))
        };
        let total = answer.body["total_results"].as_u64().and_then(|total| usize::try_from(total).ok());
        let (Some(total), Value::Array(things)) = (total, answer.body[list].take()) else {
            bail!(Transient(format!("{} answered something else than a list of {list}; the next run asks again", self.address)))
        };
        let thing = |thing| match thing {
            Value::Object(thing) => Ok(thing),
            _ => Err(Invalid(format!("{} has something in its list {list} that has no fields", self.address))),
        };
        Ok((things.into_iter().map(thing).collect::<Result<_, _>>()?, total))
    }
}
