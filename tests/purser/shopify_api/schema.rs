//! Every query is one that Shopify's own schema allows, as its npm package ships it, judged by another GraphQL library.

use crate::support::{project, tool};

const JUDGE: &str = "import json, sys
from graphql import build_client_schema, parse, validate
introspection = json.load(open(sys.argv[1]))
document = parse(open(sys.argv[2]).read())
# The schema has deprecated fields where the specification wants none; it is the queries that are judged.
errors = validate(build_client_schema(introspection.get('data', introspection), assume_valid=True), document)
operations = [one for one in document.definitions if one.kind == 'operation_definition']
print(len(operations), *[error.message for error in errors], sep='\\n')
";

fn judged(document: &std::path::Path) -> Vec<String> {
    let python = tool("python3");
    let schema = std::path::Path::new(python.get_program()).with_file_name("../shopify/admin_2026-10.json");
    let mut command = tool("python3");
    let done =
        command.arg("-c").arg(JUDGE).arg(schema).arg(document).output().expect("tests need Python: start them with tests/run");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn queries_are_valid_by_shopifys_schema() {
    let document = project().join("src/sources/shopify/shopify.graphql");
    assert_eq!(judged(&document), ["10"], "so many operations, and nothing against them");
    let folder = crate::support::in_memory();
    let bulk = std::fs::read_to_string(project().join("src/sources/shopify/bulk.graphql")).expect("it is there");
    std::fs::write(folder.path().join("bulk.graphql"), bulk.replace('$', "updated_at:>='2026-01-01T00:00:00Z'"))
        .expect("the test can write");
    assert_eq!(judged(&folder.path().join("bulk.graphql")), ["1"], "what a bulk operation is asked");
    let graphql = std::fs::read_to_string(project().join("src/sources/shopify/graphql.rs")).expect("the file is there");
    assert!(graphql.contains("const VERSION: &str = \"2026-10\";"), "the version that is asked is the one that is checked");
    let wrong = folder.path().join("wrong.graphql");
    let text = std::fs::read_to_string(&document).expect("it is there").replace("processedAt\n", "processedOn\n");
    std::fs::write(&wrong, text).expect("the test can write");
    assert!(judged(&wrong)[1].contains("processedOn"), "the judge would say so");
}
