//! Finding things by the names people give them.

/// What a name stands for. A name that stands for several things is not guessed.
#[derive(Debug, Clone, PartialEq)]
pub enum Named<'a, T> {
    /// One thing.
    One(&'a T),
    /// Several things: somebody has to say which.
    Tied(Vec<&'a T>),
    /// Nothing that is known.
    Unknown,
}

impl<'a, T: PartialEq> Named<'a, T> {
    /// Returns the thing, when the name stands for exactly one.
    pub fn one(self) -> Option<&'a T> {
        match self {
            Self::One(thing) => Some(thing),
            Self::Tied(_) | Self::Unknown => None,
        }
    }

    /// Looks for the very name first, then among canonical names whatever their case and
    /// punctuation, then among aliases.
    pub(super) fn find(
        things: impl Iterator<Item = &'a T> + Clone,
        name: &str,
        canonical: impl Fn(&T) -> &String,
        aliases: impl Fn(&T) -> &[String],
    ) -> Self {
        let exact = Self::of(things.clone().filter(|thing| canonical(thing) == name));
        if exact != Self::Unknown {
            return exact;
        }
        let wanted = words(name);
        if wanted.is_empty() {
            return Self::Unknown;
        }
        let by_name = Self::of(things.clone().filter(|thing| words(canonical(thing)) == wanted));
        if by_name != Self::Unknown {
            return by_name;
        }
        Self::of(things.filter(|thing| aliases(thing).iter().any(|alias| words(alias) == wanted)))
    }

    fn of(found: impl Iterator<Item = &'a T>) -> Self {
        let mut found: Vec<&T> = found.collect();
        match found.len() {
            0 => Self::Unknown,
            1 => Self::One(found.swap_remove(0)),
            _ => Self::Tied(found),
        }
    }
}

/// The letters and digits of a name in lower case, one space between its words: `Push-Up` and
/// `push up` are the same name.
fn words(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_alphanumeric() {
            text.extend(character.to_lowercase());
        } else if !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
    }
    text.truncate(text.trim_end().len());
    text
}
