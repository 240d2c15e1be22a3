//! The return path of a letter: an address of its own for each attempt, to which mail servers report that it could not be delivered
//! (VERP). What comes there says by its address alone which letter it is about; it is believed only with a proof that nobody can make
//! who has not seen the letter.

use anyhow::Result;

use crate::error::Invalid;

/// How many digits name a letter, and prove that it was seen.
const DIGITS: usize = 16;

/// Where reports about letters are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnPath {
    /// What stands before the letter's token: `bounces+`, or nothing.
    before: String,
    domain: String,
}

/// What tells an attempt to send a letter from all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Of the letter's key.
    pub letter: String,
    pub attempt: i64,
    /// Of what the letter says.
    pub proof: String,
}

impl Token {
    pub(super) fn of(key: &str, attempt: i64, message: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in ["return path", key, &attempt.to_string(), message] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        let proof = hasher.finalize().to_hex()[..DIGITS].to_owned();
        Self { letter: Self::letter(key), attempt, proof }
    }

    /// How a token names the letter of a key.
    pub(super) fn letter(key: &str) -> String {
        blake3::hash(key.as_bytes()).to_hex()[..DIGITS].to_owned()
    }

    fn text(&self) -> String {
        format!("{}-{}-{}", self.letter, self.attempt, self.proof)
    }

    /// Reads one; the letters may have been changed to capitals on the way.
    fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let mut parts = text.split('-');
        let [letter, attempt, proof] = [parts.next()?, parts.next()?, parts.next()?];
        let is_hash = |text: &str| text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_whole = parts.next().is_none() && is_hash(letter) && is_hash(proof);
        let attempt = attempt.parse().ok().filter(|attempt| *attempt > 0 && is_whole)?;
        Some(Self { letter: letter.to_owned(), attempt, proof: proof.to_owned() })
    }
}

impl ReturnPath {
    /// Reads what `PURSER_RETURN_PATH` holds: an address, behind whose name the letter's token is put; or a domain, of which all
    /// addresses come to one mailbox.
    ///
    /// # Errors
    ///
    /// When it is neither.
    pub fn read(text: &str) -> Result<Option<Self>> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let (name, domain) = text.rsplit_once('@').unwrap_or(("", text));
        let path = Self {
            before: if name.is_empty() { String::new() } else { format!("{name}+") },
            domain: domain.to_ascii_lowercase(),
        };
        // Mail servers take 64 bytes before the @.
        let longest = path.of(&Token { attempt: 999_999, ..Token::of("", 1, "") });
        let is_short = longest.rsplit_once('@').is_some_and(|(local, _)| local.len() <= 64);
        if !is_short || longest.parse::<lettre::Address>().is_err() || !domain.contains('.') {
            return Err(Invalid(format!(
                "PURSER_RETURN_PATH is \"{text}\"; write the address to which bounces are sent, such as bounces@glow.example, whose server \
                 takes bounces+ANYTHING@glow.example too; or a domain, such as @bounces.glow.example, if one mailbox takes all of it"
            ))
            .into());
        }
        Ok(Some(path))
    }

    /// The address for an attempt.
    pub(super) fn of(&self, token: &Token) -> String {
        format!("{}{}@{}", self.before, token.text(), self.domain)
    }

    /// The token of the first of these addresses that is one of ours.
    pub(super) fn find(&self, text: &str) -> Option<Token> {
        let is_around = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')');
        text.split(is_around).find_map(|word| {
            let (local, domain) = word.rsplit_once('@')?;
            let is_ours = domain.eq_ignore_ascii_case(&self.domain) && local.is_ascii();
            let start = local.get(..self.before.len()).filter(|start| is_ours && start.eq_ignore_ascii_case(&self.before))?;
            Token::parse(&local[start.len()..])
        })
    }
}
