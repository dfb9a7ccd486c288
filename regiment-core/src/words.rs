//! Enums that are one word each in JSON, in the database and on the wire.

/// Declares an enum whose variants have fixed lowercase texts, with `ALL`, `as_str`, `Display`,
/// `FromStr` (refusing with [`crate::Invalid`]), serde and JSON Schema forms that agree.
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident ($field:literal) {
        $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        $vis enum $name {
            $($(#[$vmeta])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the text that stands for the value everywhere outside the program.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| {
                    crate::Invalid::new($field, text, concat!("one of", $(" ", $text),+))
                })
            }
        }
    };
}
pub(crate) use words;
