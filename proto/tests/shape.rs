//! The API keeps the shape that its clients rely on: names, paging, masks, request ids, permissions.

use prost::Message as _;
use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto};

/// First words of methods that change nothing.
const READS: [&str; 7] = ["Get", "List", "Watch", "Subscribe", "Preview", "Who", "Export"];

fn files() -> Vec<FileDescriptorProto> {
    let set = FileDescriptorSet::decode(regiment_proto::FILE_DESCRIPTOR_SET).expect("descriptors");
    set.file.into_iter().filter(|file| file.package() == "regiment.v1").collect()
}

/// Calls `check` with the path, the request and the response of every method.
fn each_method(check: impl Fn(&str, &MethodDescriptorProto, &DescriptorProto, &DescriptorProto)) {
    let files = files();
    let message = |name: &str| {
        let short = name.trim_start_matches(".regiment.v1.");
        files
            .iter()
            .flat_map(|file| &file.message_type)
            .find(|message| message.name() == short)
            .unwrap_or_else(|| panic!("{name} is declared nowhere"))
    };
    let mut n_methods = 0;
    for service in files.iter().flat_map(|file| &file.service) {
        for method in &service.method {
            let path = format!("/regiment.v1.{}/{}", service.name(), method.name());
            check(&path, method, message(method.input_type()), message(method.output_type()));
            n_methods += 1;
        }
    }
    assert!(n_methods >= 14, "only {n_methods} methods were looked at");
}

fn has(message: &DescriptorProto, field: &str) -> bool {
    message.field.iter().any(|found| found.name() == field)
}

fn is_read(method: &MethodDescriptorProto) -> bool {
    READS.iter().any(|verb| method.name().starts_with(verb))
}

#[test]
fn every_method_declares_a_permission() {
    each_method(|path, _, _, _| {
        assert!(regiment_proto::method(path).is_some(), "{path} declares no permission");
    });
}

#[test]
fn a_change_asks_for_more_than_a_read() {
    use regiment_proto::v1::Permission::{Read, SelfOrRead};
    each_method(|path, method, _, _| {
        let declared = regiment_proto::method(path).map(|method| method.permission);
        let reads = matches!(declared, Some(Read | SelfOrRead));
        assert!(is_read(method) || !reads, "{path} changes something for {declared:?}");
    });
}

#[test]
fn what_streams_is_declared_as_the_descriptors_say() {
    use regiment_proto::Answers;
    each_method(|path, method, _, _| {
        let declared = regiment_proto::method(path).map(|method| method.answers);
        let streams = declared == Some(Answers::AsStream);
        assert_eq!(streams, method.server_streaming(), "{path}");
    });
}

#[test]
fn requests_and_responses_are_named_after_their_method() {
    each_method(|path, method, request, response| {
        assert_eq!(request.name(), format!("{}Request", method.name()), "{path}");
        assert_eq!(response.name(), format!("{}Response", method.name()), "{path}");
    });
}

#[test]
fn every_list_is_paged() {
    each_method(|path, method, request, response| {
        if method.name().starts_with("List") {
            assert!(has(request, "page_size") && has(request, "page_token"), "{path}");
            assert!(has(response, "next_page_token"), "{path}");
        }
    });
}

#[test]
fn every_update_has_a_mask_and_an_etag() {
    let files = files();
    each_method(|path, method, request, _| {
        let Some(resource) = method.name().strip_prefix("Update") else { return };
        assert!(has(request, "update_mask"), "{path}");
        let resource = files
            .iter()
            .flat_map(|file| &file.message_type)
            .find(|message| message.name() == resource)
            .unwrap_or_else(|| panic!("{path} updates a {resource} that is declared nowhere"));
        assert!(has(resource, "etag"), "{path}");
    });
}

#[test]
fn every_change_has_a_request_id() {
    each_method(|path, method, request, _| {
        // Answers to a request_id are kept; secrets are not.
        let keeps_answers = !path.starts_with("/regiment.v1.AuthService/");
        assert_eq!(has(request, "request_id"), !is_read(method) && keeps_answers, "{path}");
    });
}

#[test]
fn every_enum_begins_with_its_unspecified_value() {
    let mut n_enums = 0;
    for file in files() {
        for declared in file.enum_type {
            let zero = &declared.value[0];
            assert_eq!(zero.number(), 0, "{}", declared.name());
            assert!(zero.name().ends_with("_UNSPECIFIED"), "{}", declared.name());
            n_enums += 1;
        }
    }
    assert!(n_enums >= 8, "only {n_enums} enums were looked at");
}

#[test]
fn every_service_has_a_file_of_its_own() {
    for file in files() {
        let stem = file.name().trim_start_matches("regiment/v1/").trim_end_matches(".proto");
        for service in &file.service {
            let snake = service.name().chars().fold(String::new(), |mut name, letter| {
                if letter.is_ascii_uppercase() && !name.is_empty() {
                    name.push('_');
                }
                name.push(letter.to_ascii_lowercase());
                name
            });
            assert_eq!(snake, stem, "{} stands in {}", service.name(), file.name());
        }
    }
}
