use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use crate::practice::Practice;

#[tokio::test]
async fn anybody_may_ask_whether_the_services_are_there() {
    let practice = Practice::open("2026-03-01T12:00:00Z").await;
    let mut health = HealthClient::new(practice.channel.clone());
    let services =
        ["regiment.v1.ClientService", "regiment.v1.JobCardService", "regiment.v1.LogService", ""];
    for service in services {
        let asked = HealthCheckRequest { service: service.to_owned() };
        let answer = health.check(asked).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
    }
}

#[tokio::test]
async fn reflection_shows_every_service() {
    let practice = Practice::open("2026-03-01T12:00:00Z").await;
    let mut reflection = ServerReflectionClient::new(practice.channel.clone());
    let asked = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let asked = tokio_stream::iter([asked]);
    let mut answers = reflection.server_reflection_info(asked).await.unwrap().into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response.unwrap();
    let MessageResponse::ListServicesResponse(listed) = answer else { panic!("{answer:?}") };
    let names: Vec<_> = listed.service.into_iter().map(|service| service.name).collect();
    for service in ["regiment.v1.ClientService", "regiment.v1.LogService", "grpc.health.v1.Health"]
    {
        assert!(names.iter().any(|name| name == service), "{service} is not in {names:?}");
    }
}
