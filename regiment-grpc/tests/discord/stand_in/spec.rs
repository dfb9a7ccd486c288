//! Discord's own description of its API, as a judge of what is asked and of what is answered.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// Where the description says integer, Discord's documentation and every library send digits in a string.
///
/// <https://docs.discord.com/developers/reference#snowflakes> writes it down for ids; the page on application commands
/// does the same with `default_member_permissions`.
const DIGITS_FOR_INTEGERS: [&str; 2] = [
    "/components/schemas/ApplicationCommandCreateRequest/properties/default_member_permissions",
    "/components/schemas/ApplicationCommandUpdateRequest/properties/default_member_permissions",
];

/// Where the description says snowflake, and Discord's own example of an upload has the number of a file.
///
/// <https://docs.discord.com/developers/reference#uploading-files>
const NUMBERS_FOR_IDS: [&str; 1] = ["/components/schemas/MessageAttachmentRequest/properties/id"];

/// The description, read once.
static SPEC: LazyLock<Spec> = LazyLock::new(Spec::read);

/// Discord's `OpenAPI` document.
pub(crate) struct Spec {
    document: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// An operation of the document, and what stood where its path has braces.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// In lower case.
    pub(crate) method: String,
    /// `/channels/{channel_id}/messages`.
    pub(crate) template: String,
    pub(crate) parameters: HashMap<String, String>,
}

/// Returns the folder of what others published about Discord.
pub(crate) fn published() -> PathBuf {
    let data = std::env::var_os("REGIMENT_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    data.join("discord")
}

impl Spec {
    pub(crate) fn get() -> &'static Self {
        &SPEC
    }

    fn read() -> Self {
        let file = published().join("openapi.json");
        let text = std::fs::read(&file).unwrap_or_else(|error| {
            panic!("REGIMENT_TEST_DATA must hold Discord's document: {}: {error}", file.display())
        });
        let mut document: Value = serde_json::from_slice(&text).expect("JSON");
        for pointer in DIGITS_FOR_INTEGERS {
            let schema = document.pointer_mut(pointer).expect("the document has this schema");
            *schema = json!({ "type": ["integer", "string", "null"], "pattern": "^[0-9]+$" });
        }
        for pointer in NUMBERS_FOR_IDS {
            let schema = document.pointer_mut(pointer).expect("the document has this schema");
            *schema = json!({ "type": ["integer", "string"], "pattern": "^[0-9]+$", "minimum": 0 });
        }
        Self { document, validators: Mutex::default() }
    }

    /// Finds the operation for a path, the one with the most literal segments.
    pub(crate) fn route(&self, method: &str, path: &str) -> Option<Route> {
        let method = method.to_lowercase();
        let asked: Vec<&str> = path.split('/').collect();
        let paths = self.document["paths"].as_object().expect("the document has paths");
        let matching = paths.iter().filter(|(_, operations)| operations.get(&method).is_some());
        let matching = matching.filter_map(|(template, _)| {
            let segments: Vec<&str> = template.split('/').collect();
            let is_open = |segment: &str| segment.starts_with('{');
            let fits = segments.len() == asked.len()
                && segments.iter().zip(&asked).all(|(s, a)| s == a || is_open(s) && !a.is_empty());
            let literal = segments.iter().filter(|segment| !is_open(segment)).count();
            fits.then_some((literal, template, segments))
        });
        let (_, template, segments) = matching.max_by_key(|(literal, ..)| *literal)?;
        let named = segments.iter().zip(&asked).filter(|(segment, _)| segment.starts_with('{'));
        let parameters =
            named.map(|(s, a)| (s.trim_matches(['{', '}']).to_owned(), (*a).to_owned())).collect();
        Some(Route { method, template: template.clone(), parameters })
    }

    /// Says what is wrong with the body of a request: what the document forbids, and every property that it does not
    /// know.
    pub(crate) fn judge_request(&self, route: &Route, body: Option<&Value>) -> Vec<String> {
        let content = &self.operation(route)["requestBody"]["content"]["application/json"];
        match (content.get("schema"), body) {
            (None, None) => Vec::new(),
            (None, Some(_)) => vec!["a body, where none is taken".to_owned()],
            (Some(_), None) => vec!["no body".to_owned()],
            (Some(schema), Some(body)) => {
                let name = format!("request {} {}", route.method, route.template);
                let mut found = self.judge(&name, schema, body);
                let mut shapes = Vec::new();
                self.shapes(schema, body, &mut shapes);
                self.strangers(&shapes, body, "", &mut found);
                found
            }
        }
    }

    /// Says what is wrong with an answer of our own.
    pub(crate) fn judge_answer(
        &self,
        route: &Route,
        status: u16,
        body: Option<&Value>,
    ) -> Vec<String> {
        let responses = &self.operation(route)["responses"];
        let class = if status == 429 { "429".to_owned() } else { format!("{}XX", status / 100) };
        let found = responses.get(status.to_string()).or_else(|| responses.get(class));
        let Some(response) = found.map(|response| self.resolve(response)) else {
            return vec![format!("the status {status}, which is not described")];
        };
        match (response["content"]["application/json"].get("schema"), body) {
            (None, None) => Vec::new(),
            (Some(schema), Some(body)) => {
                let name = format!("answer {} {} {status}", route.method, route.template);
                self.judge(&name, schema, body)
            }
            (None, Some(_)) => vec![format!("a body with the status {status}")],
            (Some(_), None) => vec![format!("no body with the status {status}")],
        }
    }

    fn judge(&self, name: &str, schema: &Value, value: &Value) -> Vec<String> {
        let found =
            self.validators.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        let validator = found.unwrap_or_else(|| {
            let root = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "components": self.document["components"],
                "allOf": [schema],
            });
            let built = jsonschema::options().with_draft(Draft::Draft202012).build(&root);
            let built = Arc::new(built.expect("the document's schemas are well-formed"));
            let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
            validators.entry(name.to_owned()).or_insert(built).clone()
        });
        let errors = validator.iter_errors(value);
        errors.map(|error| format!("{error} at '{}'", error.instance_path())).collect()
    }

    fn operation(&self, route: &Route) -> &Value {
        &self.document["paths"][&route.template][&route.method]
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { return schema };
        let pointer = reference.trim_start_matches('#');
        self.resolve(self.document.pointer(pointer).expect("references lead somewhere"))
    }

    /// Collects the schemas that may describe a value: what `$ref`, `allOf`, `oneOf` and `anyOf` lead to, without
    /// the branches that are for another `type`.
    fn shapes<'a>(&'a self, schema: &'a Value, value: &Value, into: &mut Vec<&'a Value>) {
        let schema = self.resolve(schema);
        let types = self.types(schema);
        if let (Some(types), Some(actual)) = (types, value.get("type"))
            && !types.contains(actual)
        {
            return;
        }
        into.push(schema);
        for combination in ["allOf", "oneOf", "anyOf"] {
            for branch in schema.get(combination).and_then(Value::as_array).into_iter().flatten() {
                self.shapes(branch, value, into);
            }
        }
    }

    /// Returns the values that a schema allows for the property `type`.
    fn types<'a>(&'a self, schema: &'a Value) -> Option<&'a Vec<Value>> {
        self.resolve(schema.pointer("/properties/type")?).get("enum")?.as_array()
    }

    /// Names every property of a value that none of the schemas knows.
    fn strangers(&self, schemas: &[&Value], value: &Value, at: &str, found: &mut Vec<String>) {
        for (place, item) in value.as_array().into_iter().flatten().enumerate() {
            let mut shapes = Vec::new();
            for items in schemas.iter().filter_map(|schema| schema.get("items")) {
                self.shapes(items, item, &mut shapes);
            }
            self.strangers(&shapes, item, &format!("{at}/{place}"), found);
        }
        for (name, property) in value.as_object().into_iter().flatten() {
            let of = |schema: &&'_ Value| {
                let known = schema.get("properties").and_then(|properties| properties.get(name));
                known.is_some() || schema.get("additionalProperties").is_some_and(Value::is_object)
            };
            if !schemas.iter().any(of) {
                found.push(format!("an unknown property '{at}/{name}'"));
                continue;
            }
            let mut shapes = Vec::new();
            for schema in schemas {
                let known = schema.get("properties").and_then(|properties| properties.get(name));
                if let Some(known) = known {
                    self.shapes(known, property, &mut shapes);
                }
            }
            if !shapes.is_empty() {
                self.strangers(&shapes, property, &format!("{at}/{name}"), found);
            }
        }
    }
}
