//! Controls under a message, as a person sees them.

use serde_json::{Value, json};

/// Something under a message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Control {
    Button {
        custom_id: String,
        label: String,
        is_enabled: bool,
    },
    Link {
        label: String,
        url: String,
    },
    Menu {
        custom_id: String,
        placeholder: String,
        options: Vec<Choice>,
        min: usize,
        max: usize,
        is_enabled: bool,
    },
}

/// A choice of a menu.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) is_default: bool,
}

/// Reads the rows under a message.
pub(crate) fn controls(components: &Value) -> Vec<Vec<Control>> {
    let rows = components.as_array().into_iter().flatten();
    rows.map(|row| row["components"].as_array().into_iter().flatten().map(control).collect())
        .collect()
}

fn control(component: &Value) -> Control {
    let text = |name: &str| component[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str, or: u64| {
        usize::try_from(component[name].as_u64().unwrap_or(or)).expect("a small number")
    };
    let is_enabled = component["disabled"] != json!(true);
    if component["type"] != json!(2) {
        let options = component["options"].as_array().into_iter().flatten();
        let options = options.map(|option| Choice {
            label: option["label"].as_str().unwrap_or_default().to_owned(),
            value: option["value"].as_str().unwrap_or_default().to_owned(),
            is_default: option["default"] == json!(true),
        });
        return Control::Menu {
            custom_id: text("custom_id"),
            placeholder: text("placeholder"),
            options: options.collect(),
            min: number("min_values", 1),
            max: number("max_values", 1),
            is_enabled,
        };
    }
    let emoji = component["emoji"]["name"].as_str().unwrap_or_default();
    let label = [emoji, &text("label")].join(" ").trim().to_owned();
    if component["style"] == json!(5) {
        return Control::Link { label, url: text("url") };
    }
    Control::Button { custom_id: text("custom_id"), label, is_enabled }
}

/// Completes components as Discord does when it shows them: numbered, with defaults written out.
pub(crate) fn shown(components: Option<&Value>) -> Value {
    let mut number = 0;
    let mut next = || {
        number += 1;
        number
    };
    let rows = components.and_then(Value::as_array).into_iter().flatten();
    let rows: Vec<Value> = rows
        .map(|row| {
            let mut row = row.clone();
            row["id"] = json!(next());
            for component in row["components"].as_array_mut().into_iter().flatten() {
                component["id"] = json!(next());
                if component["type"] == json!(3) {
                    for name in ["min_values", "max_values"] {
                        if component.get(name).is_none_or(Value::is_null) {
                            component[name] = json!(1);
                        }
                    }
                }
                if let Some(fields) = component.as_object_mut() {
                    fields.retain(|_, value| !value.is_null());
                }
            }
            row
        })
        .collect();
    Value::Array(rows)
}
