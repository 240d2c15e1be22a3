/// The known id that somebody probably meant who wrote another one: at most a third of its letters differ.
pub fn closest<'a>(known: impl IntoIterator<Item = &'a String>, written: &str) -> Option<&'a str> {
    let distance = |id: &str| strsim::damerau_levenshtein(id, written);
    let is_similar = |id: &&str| distance(id) * 3 <= id.chars().count().max(written.chars().count());
    known.into_iter().map(String::as_str).filter(is_similar).min_by_key(|id| distance(id))
}
