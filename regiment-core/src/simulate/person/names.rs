//! Names for people who do not exist.

/// First names, and whether the height is drawn about the taller of the two means.
pub(super) const FIRST: [(&str, bool); 40] = [
    ("Ada", false),
    ("Amara", false),
    ("Beatriz", false),
    ("Chiara", false),
    ("Dana", false),
    ("Elif", false),
    ("Farah", false),
    ("Grace", false),
    ("Hana", false),
    ("Ines", false),
    ("Jelena", false),
    ("Keiko", false),
    ("Leila", false),
    ("Maja", false),
    ("Nomsa", false),
    ("Olga", false),
    ("Priya", false),
    ("Rosa", false),
    ("Sina", false),
    ("Tess", false),
    ("Anton", true),
    ("Bruno", true),
    ("Chidi", true),
    ("Dmitri", true),
    ("Emeka", true),
    ("Felix", true),
    ("Goran", true),
    ("Hugo", true),
    ("Ivan", true),
    ("Jonas", true),
    ("Kofi", true),
    ("Luca", true),
    ("Mateo", true),
    ("Niko", true),
    ("Omar", true),
    ("Pavel", true),
    ("Ravi", true),
    ("Samir", true),
    ("Tomas", true),
    ("Yuto", true),
];

/// Last names.
pub(super) const LAST: [&str; 40] = [
    "Abara", "Almeida", "Baker", "Bianchi", "Castro", "Cohen", "Dahl", "Demir", "Eriksen",
    "Farkas", "Fischer", "Garcia", "Gupta", "Haddad", "Horvat", "Ito", "Jansen", "Kaya", "Keller",
    "Kim", "Kovacs", "Larsen", "Lopez", "Mbeki", "Meyer", "Moreau", "Nakamura", "Novak", "Okafor",
    "Osman", "Park", "Petrov", "Rao", "Rossi", "Sato", "Silva", "Thapa", "Varga", "Walsh", "Zhang",
];

/// Call signs: with a number, the only name ever posted publicly.
pub(super) const CALL_SIGNS: [&str; 24] = [
    "Anvil", "Badger", "Beacon", "Birch", "Cinder", "Comet", "Condor", "Copper", "Falcon", "Flint",
    "Granite", "Harrier", "Heron", "Juniper", "Kestrel", "Lynx", "Mortar", "Osprey", "Otter",
    "Raven", "Sable", "Slate", "Tern", "Wolf",
];
