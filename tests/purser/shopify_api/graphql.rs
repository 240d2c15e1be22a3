//! Enough of GraphQL to answer a query from a tree of JSON: only the fields that it asks for, and of a connection only the page.
//! A field that the tree does not have is a fault of the test.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A document: its operations and fragments, by name.
#[derive(Debug, Default)]
pub struct Document {
    operations: BTreeMap<String, Vec<Selected>>,
    fragments: BTreeMap<String, (String, Vec<Selected>)>,
}

#[derive(Debug, Clone)]
enum Selected {
    Field { name: String, arguments: BTreeMap<String, Value>, below: Vec<Selected> },
    Spread(String),
}

/// Variables of the document stand in its arguments as `$name`.
type Variables = Value;

impl Document {
    pub fn parse(text: &str) -> Self {
        let mut tokens = Tokens { left: tokens(text), at: 0 };
        let mut document = Self::default();
        while let Some(word) = tokens.next() {
            let name = tokens.must();
            match word.as_str() {
                "query" => {
                    tokens.skip_parentheses();
                    tokens.expect("{");
                    document.operations.insert(name, tokens.selection());
                }
                "fragment" => {
                    tokens.expect("on");
                    let kind = tokens.must();
                    tokens.expect("{");
                    document.fragments.insert(name, (kind, tokens.selection()));
                }
                other => panic!("{other} begins nothing of a document"),
            }
        }
        document
    }

    /// What an operation answers. `root` gives the tree of a field at the top, from its arguments.
    pub fn answer(
        &self,
        operation: &str,
        variables: &Variables,
        root: impl Fn(&str, &BTreeMap<String, Value>) -> Value,
    ) -> Value {
        let fields = self.operations.get(operation).unwrap_or_else(|| panic!("there is no operation {operation}"));
        let mut answer = Map::new();
        for field in fields {
            let Selected::Field { name, arguments, below } = field else { panic!("a field stands at the top") };
            let arguments = filled(arguments, variables);
            let tree = root(name, &arguments);
            answer.insert(name.clone(), self.taken(&tree, below, variables, &arguments));
        }
        Value::Object(answer)
    }

    fn taken(&self, tree: &Value, below: &[Selected], variables: &Variables, arguments: &BTreeMap<String, Value>) -> Value {
        match tree {
            Value::Array(all) if self.asks_for_nodes(below) => {
                self.taken(&page(all, arguments), below, variables, &BTreeMap::new())
            }
            Value::Array(all) => all.iter().map(|one| self.taken(one, below, variables, &BTreeMap::new())).collect(),
            Value::Object(_) => {
                let mut taken = Map::new();
                self.take(tree, below, variables, &mut taken);
                Value::Object(taken)
            }
            other => other.clone(),
        }
    }

    fn asks_for_nodes(&self, below: &[Selected]) -> bool {
        below.iter().any(|selected| matches!(selected, Selected::Field { name, .. } if name == "nodes"))
    }

    fn take(&self, tree: &Value, below: &[Selected], variables: &Variables, taken: &mut Map<String, Value>) {
        for selected in below {
            match selected {
                Selected::Field { name, arguments, below } => {
                    let tree = tree.get(name).unwrap_or_else(|| panic!("{name} is asked for and not in {tree}"));
                    taken.insert(name.clone(), self.taken(tree, below, variables, &filled(arguments, variables)));
                }
                Selected::Spread(name) => {
                    let (kind, below) = &self.fragments[name];
                    let is_of_kind = tree.get("__typename").is_none_or(|own| own == kind.as_str());
                    if is_of_kind {
                        self.take(tree, below, variables, taken);
                    }
                }
            }
        }
    }
}

/// A page of a connection, and the place of each in it as its cursor.
fn page(all: &[Value], arguments: &BTreeMap<String, Value>) -> Value {
    let first = arguments.get("first").and_then(Value::as_u64).expect("a connection is asked for so many") as usize;
    let after = arguments.get("after").and_then(Value::as_str).map_or(0, |after| after.parse().expect("a cursor of ours"));
    let end = (after + first).min(all.len());
    json!({ "nodes": all[after.min(end)..end], "pageInfo": { "hasNextPage": end < all.len(), "endCursor": end.to_string() } })
}

fn filled(arguments: &BTreeMap<String, Value>, variables: &Variables) -> BTreeMap<String, Value> {
    let value = |value: &Value| match value.as_str().and_then(|text| text.strip_prefix('$')) {
        Some(name) => variables[name].clone(),
        None => value.clone(),
    };
    arguments.iter().map(|(name, given)| (name.clone(), value(given))).collect()
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let mut word = String::new();
        for sign in line.chars().chain(Some(' ')) {
            if sign.is_alphanumeric() || "_$.".contains(sign) {
                word.push(sign);
                continue;
            }
            if !word.is_empty() {
                tokens.push(std::mem::take(&mut word));
            }
            if "{}():!=[]".contains(sign) {
                tokens.push(sign.to_string());
            }
        }
    }
    tokens
}

struct Tokens {
    left: Vec<String>,
    at: usize,
}

impl Tokens {
    fn peek(&self) -> Option<&str> {
        self.left.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Option<String> {
        self.at += 1;
        self.left.get(self.at - 1).cloned()
    }

    fn must(&mut self) -> String {
        self.next().expect("the document goes on")
    }

    fn expect(&mut self, word: &str) {
        assert_eq!(self.must(), word);
    }

    fn skip_parentheses(&mut self) {
        if self.peek() == Some("(") {
            while self.must() != ")" {}
        }
    }

    /// What stands up to the closing brace.
    fn selection(&mut self) -> Vec<Selected> {
        let mut all = Vec::new();
        loop {
            let word = self.must();
            if word == "}" {
                return all;
            }
            if let Some(name) = word.strip_prefix("...") {
                all.push(Selected::Spread(name.to_owned()));
                continue;
            }
            let mut arguments = BTreeMap::new();
            if self.peek() == Some("(") {
                self.expect("(");
                while self.peek() != Some(")") {
                    let name = self.must();
                    self.expect(":");
                    let value = self.must();
                    arguments.insert(name, serde_json::from_str(&value).unwrap_or(Value::String(value)));
                }
                self.expect(")");
            }
            let below = if self.peek() == Some("{") {
                self.expect("{");
                self.selection()
            } else {
                Vec::new()
            };
            all.push(Selected::Field { name: word, arguments, below });
        }
    }
}
