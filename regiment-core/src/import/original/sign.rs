//! The signs by which clients of the original system answered, and some words that people typed.

/// Words, each with the signs that stand for it, in one text.
pub(super) type Signs = [(&'static str, &'static str); 3];

/// Signs of a mood.
pub(super) const MOOD: Signs = [
    ("great", "💪 😀 😃 😄 😁 😊 🙂 🔥 good"),
    ("okay", "😐 😑 😶 ok neutral"),
    ("bad", "😕 🙁 ☹ 😞 😔 😢 😫 😩 😡 poor"),
];

/// Signs of soreness and of stress.
pub(super) const LEVEL: Signs = [
    ("low", "🟢 🌿 😌 🧘 💚 none"),
    ("medium", "🟡 ⚡ 🟠 😐 💛 moderate"),
    ("high", "🔴 💣 🔥 💥 😰 😫 🤯 ❤"),
];

/// Signs of a night's sleep.
pub(super) const SLEEP: Signs =
    [("4h", "😵 🥱 😫 4"), ("6h", "🔥 😐 🙂 6"), ("8h", "💤 😴 🛌 8 8h+")];

/// Returns the word that a sign stands for, be there a word beside it (`💪 Great`) or not, and the
/// text in lower case where it is no sign.
pub(super) fn word_of(text: &str, signs: Signs) -> String {
    let text = text.replace('\u{fe0f}', "").to_lowercase();
    for part in text.split([' ', '(', ')']).filter(|part| !part.is_empty()) {
        let found = signs
            .iter()
            .find(|(word, signs)| *word == part || signs.split(' ').any(|sign| sign == part));
        if let Some((word, _)) = found {
            return (*word).to_owned();
        }
    }
    text
}
