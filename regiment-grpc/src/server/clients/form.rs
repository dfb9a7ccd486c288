//! A new client as a coach enters him.

use regiment_core::engine::onboarding::Form;
use regiment_core::record::Goal;
use regiment_proto::v1;

/// Writes a request as the form that a person would have filled in.
pub(super) fn form(client: &v1::Client) -> Form {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Form {
        user_id: client.user_id.clone(),
        name: some(&client.display_name),
        email: some(&client.email),
        age: client.age.map(i64::from),
        gender: some(&client.gender),
        height_cm: Some(client.height_cm.into()).filter(|height| *height != 0),
        weight_kg: Some(client.weight_kg).filter(|weight| *weight != 0.0),
        timezone_offset: client.timezone_offset.clone(),
        goal: match client.goal() {
            v1::Goal::Unspecified => String::new(),
            v1::Goal::Cut => Goal::Cut.to_string(),
            v1::Goal::Bulk => Goal::Bulk.to_string(),
            v1::Goal::Recomp => Goal::Recomp.to_string(),
        },
        photo_url: some(&client.photo_url),
        guild_id: some(&client.guild_id),
    }
}
