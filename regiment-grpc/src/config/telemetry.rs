//! Where spans are exported to, by the names that OpenTelemetry gives its settings.

use std::collections::BTreeMap;

use url::Url;

use super::InvalidConfig;
use crate::secret::Secret;

/// A collector that takes OTLP over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telemetry {
    /// Where spans are posted: `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: Url,
    /// Sent with each request: what lets this process in.
    pub headers: Vec<(String, Secret)>,
    /// As what this process is shown.
    pub service_name: String,
}

/// The variables `OTEL_…` of a process.
pub(super) type Variables = BTreeMap<String, String>;

impl Telemetry {
    /// Reads the collector; absent where none is named, or `OTEL_SDK_DISABLED` is true.
    pub(super) fn read(variables: &Variables) -> Result<Option<Self>, InvalidConfig> {
        let find = |names: [&str; 2]| {
            let set = |name: &str| variables.get(name).filter(|text| !text.is_empty());
            names.into_iter().find_map(|name| Some((name.to_owned(), set(name)?.as_str())))
        };
        let named = find(["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]);
        let is_off = variables.get("OTEL_SDK_DISABLED").is_some_and(|text| text == "true");
        let Some((name, text)) = named.filter(|_| !is_off) else { return Ok(None) };
        let refused = |name: &str, accepted: &str, found: &str| {
            InvalidConfig(format!("{name} must be {accepted}, not {found}"))
        };
        let is_http = |url: &Url| matches!(url.scheme(), "http" | "https");
        let Some(mut endpoint) = Url::parse(text).ok().filter(is_http) else {
            return Err(refused(&name, "http://HOST:PORT or https://HOST:PORT", text));
        };
        if name == "OTEL_EXPORTER_OTLP_ENDPOINT" {
            endpoint.set_path(&format!("{}/v1/traces", endpoint.path().trim_end_matches('/')));
        }
        if let Some((name, protocol)) =
            find(["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"])
            && protocol != "http/json"
        {
            return Err(refused(&name, "http/json", protocol));
        }
        let headers = find(["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"]);
        let headers = headers.map_or(Ok(Vec::new()), |(name, text)| {
            let accepted = "pairs such as x-key=value,x-team=value";
            // What stands there may be a secret.
            read_headers(text).ok_or_else(|| refused(&name, accepted, "[redacted]"))
        })?;
        let service_name = variables.get("OTEL_SERVICE_NAME").filter(|name| !name.is_empty());
        let service_name = service_name.map_or("regiment", String::as_str).to_owned();
        Ok(Some(Self { endpoint, headers, service_name }))
    }
}

fn read_headers(text: &str) -> Option<Vec<(String, Secret)>> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        http::HeaderName::try_from(name).ok()?;
        http::HeaderValue::try_from(value).ok()?;
        Some((name.to_owned(), Secret::new(value)))
    };
    text.split(',').filter(|part| !part.trim().is_empty()).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<Telemetry>, String> {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        Telemetry::read(&variables.iter().map(owned).collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_exported_unless_a_collector_is_named() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[("OTEL_SERVICE_NAME", "regiment")]), Ok(None));
        assert_eq!(read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "")]), Ok(None));
        let disabled = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318"),
            ("OTEL_SDK_DISABLED", "true"),
        ];
        assert_eq!(read(&disabled), Ok(None));
    }

    #[test]
    fn an_endpoint_of_all_signals_gets_the_path_of_traces_and_its_own_is_taken_as_it_is() {
        let endpoint =
            |name: &str, text: &str| read(&[(name, text)]).unwrap().unwrap().endpoint.to_string();
        let all = "OTEL_EXPORTER_OTLP_ENDPOINT";
        assert_eq!(endpoint(all, "http://127.0.0.1:4318"), "http://127.0.0.1:4318/v1/traces");
        assert_eq!(
            endpoint(all, "https://otel.example.org/in/"),
            "https://otel.example.org/in/v1/traces"
        );
        let own = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
        assert_eq!(endpoint(own, "https://otel.example.org/in"), "https://otel.example.org/in");
    }

    #[test]
    fn headers_are_secrets_and_what_can_not_be_done_is_refused() {
        let base = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        let read = |more: (&str, &str)| read(&[base, more]);
        let found =
            read(("OTEL_EXPORTER_OTLP_HEADERS", "x-key=hunter2, x-team = a=b,")).unwrap().unwrap();
        let headers = [("x-key", "hunter2"), ("x-team", "a=b")];
        assert_eq!(
            found.headers,
            headers.map(|(name, value)| (name.to_owned(), Secret::new(value)))
        );
        assert!(!format!("{found:?}").contains("hunter2"));
        assert_eq!(found.service_name, "regiment");
        let named = read(("OTEL_SERVICE_NAME", "practice")).unwrap().unwrap();
        assert_eq!(named.service_name, "practice");
        assert!(read(("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")).is_ok());
        for (name, text, said) in [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "must be http/json, not grpc"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "not [redacted]"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "127.0.0.1:4318", "not 127.0.0.1:4318"),
        ] {
            let error = read((name, text)).unwrap_err();
            assert!(error.starts_with(name) && error.contains(said), "{error}");
        }
    }
}
