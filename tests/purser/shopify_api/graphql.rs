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
    Field {
        name: String,
        arguments: BTreeMap<String, Value>,
        condition: Option<String>,
        below: Vec<Selected>,
    },
    Spread(String),
    /// What is taken of things of a kind.
    Inline(String, Vec<Selected>),
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
                "query" | "mutation" => {
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
            let Selected::Field { name, arguments, below, .. } = field else { panic!("a field stands at the top") };
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

    /// What a bulk operation gives of a list: a line for each thing, and after it one for each that hangs from it.
    pub fn lines(&self, operation: &str, all: &[Value]) -> Vec<Value> {
        let Some(Selected::Field { below, .. }) = self.operations[operation].first() else { panic!("it asks for a list") };
        let mut lines = Vec::new();
        for one in all {
            let mut children = Vec::new();
            let line = self.bulk(one, edge(below), &one["id"], &mut children);
            lines.push(line);
            lines.append(&mut children);
        }
        lines
    }

    fn bulk(&self, tree: &Value, below: &[Selected], parent: &Value, children: &mut Vec<Value>) -> Value {
        let mut taken = Map::new();
        for selected in below {
            let (name, below) = match selected {
                Selected::Field { name, below, .. } => (name, below),
                Selected::Inline(kind, below) => {
                    if tree["__typename"] == kind.as_str()
                        && let Value::Object(more) = self.bulk(tree, below, parent, children)
                    {
                        taken.extend(more);
                    }
                    continue;
                }
                Selected::Spread(name) => panic!("a bulk operation has no fragment {name}"),
            };
            let own = tree.get(name).unwrap_or_else(|| panic!("{name} is asked for and not in {tree}"));
            match own {
                Value::Array(all) if is_connection(below) => {
                    for one in all {
                        let mut more = Vec::new();
                        let mut child = self.bulk(one, edge(below), &one["id"], &mut more);
                        assert!(more.is_empty(), "nothing hangs so deep");
                        if child["id"].is_string() {
                            child["__parentId"] = parent.clone();
                            children.push(child);
                        }
                    }
                }
                Value::Array(all) => {
                    let all = all
                        .iter()
                        .map(|one| if below.is_empty() { one.clone() } else { self.bulk(one, below, parent, children) });
                    taken.insert(name.clone(), all.collect());
                }
                Value::Object(_) => {
                    let object = self.bulk(own, below, parent, children);
                    taken.insert(name.clone(), object);
                }
                other => drop(taken.insert(name.clone(), other.clone())),
            }
        }
        Value::Object(taken)
    }

    fn asks_for_nodes(&self, below: &[Selected]) -> bool {
        below.iter().any(|selected| matches!(selected, Selected::Field { name, .. } if name == "nodes"))
    }

    fn take(&self, tree: &Value, below: &[Selected], variables: &Variables, taken: &mut Map<String, Value>) {
        for selected in below {
            match selected {
                Selected::Field { condition: Some(variable), .. } if variables[variable.trim_start_matches('$')] == false => {}
                Selected::Field { name, arguments, below, .. } => {
                    let tree = tree.get(name).unwrap_or_else(|| panic!("{name} is asked for and not in {tree}"));
                    taken.insert(name.clone(), self.taken(tree, below, variables, &filled(arguments, variables)));
                }
                Selected::Inline(kind, below) => {
                    if tree.get("__typename").is_none_or(|own| own == kind.as_str()) {
                        self.take(tree, below, variables, taken);
                    }
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

/// Whether a field is a connection, of which a bulk operation asks for edges.
fn is_connection(below: &[Selected]) -> bool {
    matches!(below.first(), Some(Selected::Field { name, .. }) if name == "edges")
}

/// What is asked of each node of a connection's edges.
fn edge(below: &[Selected]) -> &[Selected] {
    match below.first() {
        Some(Selected::Field { name, below, .. }) if name == "edges" || name == "node" => edge_or(below),
        _ => panic!("a bulk operation asks for edges and nodes"),
    }
}

fn edge_or(below: &[Selected]) -> &[Selected] {
    match below.first() {
        Some(Selected::Field { name, below, .. }) if name == "node" => below,
        _ => below,
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
        let mut is_quoted = false;
        for sign in line.chars().chain(Some(' ')) {
            if sign == '"' || is_quoted {
                is_quoted = is_quoted != (sign == '"');
                word.push(sign);
                continue;
            }
            if sign.is_alphanumeric() || "_$.@".contains(sign) {
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
            if word == "..." {
                self.expect("on");
                let kind = self.must();
                self.expect("{");
                all.push(Selected::Inline(kind, self.selection()));
                continue;
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
            let mut condition = None;
            if self.peek() == Some("@include") {
                for word in ["@include", "(", "if", ":"] {
                    self.expect(word);
                }
                condition = self.next();
                self.expect(")");
            }
            let below = if self.peek() == Some("{") {
                self.expect("{");
                self.selection()
            } else {
                Vec::new()
            };
            all.push(Selected::Field { name: word, arguments, condition, below });
        }
    }
}
