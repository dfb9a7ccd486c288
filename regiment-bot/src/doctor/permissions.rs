//! What the bot may do in a channel, by the roles of the community and what the channel says over them.

use serde_json::Value;

use super::text;

/// Whoever has it may do everything.
const ADMINISTRATOR: u64 = 1 << 3;

/// What the bot has to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// To see the channel.
    ViewChannel,
    /// To write in it.
    SendMessages,
    /// To send along what does not fit.
    AttachFiles,
    /// To look a message up before it is sent again.
    ReadMessageHistory,
}

impl Needs {
    /// Everything that it has to be allowed.
    pub(super) const ALL: [Self; 4] =
        [Self::ViewChannel, Self::SendMessages, Self::AttachFiles, Self::ReadMessageHistory];

    /// Returns Discord's bit.
    pub(super) const fn bit(self) -> u64 {
        match self {
            Self::ViewChannel => 1 << 10,
            Self::SendMessages => 1 << 11,
            Self::AttachFiles => 1 << 15,
            Self::ReadMessageHistory => 1 << 16,
        }
    }

    /// Returns what Discord's settings call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ViewChannel => "View Channel",
            Self::SendMessages => "Send Messages",
            Self::AttachFiles => "Attach Files",
            Self::ReadMessageHistory => "Read Message History",
        }
    }
}

/// Returns what a member may do in a channel, in Discord's bits.
pub(super) fn of(guild: &Value, member: &Value, channel: &Value) -> u64 {
    let (everyone, me) = (text(guild, "/id"), text(member, "/user/id"));
    let own: Vec<&str> = items(member, "roles").iter().filter_map(Value::as_str).collect();
    let base = items(guild, "roles")
        .iter()
        .filter(|role| text(role, "/id") == everyone || own.contains(&text(role, "/id")))
        .fold(0, |may, role| may | bits(role, "/permissions"));
    if base & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    // Everybody's first, then those of his roles together, then his own.
    let steps: [&dyn Fn(&str) -> bool; 3] =
        [&|id| id == everyone, &|id| id != everyone && own.contains(&id), &|id| id == me];
    steps.iter().fold(base, |may, concerns| {
        let (allow, deny) = items(channel, "permission_overwrites")
            .iter()
            .filter(|over| concerns(text(over, "/id")))
            .fold((0, 0), |(allow, deny), over| {
                (allow | bits(over, "/allow"), deny | bits(over, "/deny"))
            });
        (may & !deny) | allow
    })
}

fn bits(value: &Value, path: &str) -> u64 {
    text(value, path).parse().unwrap_or_default()
}

fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SEND: u64 = Needs::SendMessages.bit();
    const VIEW: u64 = Needs::ViewChannel.bit();

    fn guild(everyone: u64, role: u64) -> Value {
        json!({"id": "1", "roles": [
            {"id": "1", "permissions": everyone.to_string()},
            {"id": "2", "permissions": role.to_string()},
            {"id": "3", "permissions": u64::MAX.to_string()}]})
    }

    fn member() -> Value {
        json!({"user": {"id": "7"}, "roles": ["2"]})
    }

    fn channel(overwrites: &[(&str, u64, u64)]) -> Value {
        let overwrites: Vec<Value> = overwrites
            .iter()
            .map(|(id, allow, deny)| json!({"id": id, "allow": allow.to_string(), "deny": deny.to_string()}))
            .collect();
        json!({ "permission_overwrites": overwrites })
    }

    #[test]
    fn roles_add_up_and_those_of_others_do_not() {
        assert_eq!(of(&guild(VIEW, SEND), &member(), &channel(&[])), VIEW | SEND);
    }

    #[test]
    fn the_channel_speaks_over_the_roles_and_the_member_over_all() {
        let guild = guild(VIEW | SEND, 0);
        let check = |overwrites: &[(&str, u64, u64)]| of(&guild, &member(), &channel(overwrites));
        assert_eq!(check(&[("1", 0, SEND)]), VIEW);
        assert_eq!(check(&[("2", SEND, 0), ("1", 0, SEND)]), VIEW | SEND);
        assert_eq!(check(&[("7", 0, VIEW), ("2", VIEW, 0)]), SEND);
        assert_eq!(check(&[("3", 0, VIEW), ("8", 0, SEND)]), VIEW | SEND);
    }

    #[test]
    fn an_administrator_may_everything() {
        let guild = guild(0, ADMINISTRATOR);
        assert_eq!(of(&guild, &member(), &channel(&[("1", 0, VIEW)])), u64::MAX);
    }
}
