//! Hashed n-grams: what a classifier reads where there is no encoder.

/// How many numbers a note becomes.
pub(super) const WIDTH: usize = 1_024;

/// Returns a note as a vector of length 1: words, pairs of words and three letters in a row, each
/// hashed (FNV-1a) into one of [`WIDTH`] places, with the square root of its count (Weinberger 2009).
/// A note without a letter is all zero.
pub(super) fn hashed(note: &str) -> Vec<f64> {
    let note = note.to_lowercase().replace('’', "'");
    let words = note
        .split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>();
    let mut counts = vec![0.0_f64; WIDTH];
    let mut add = |kind: u8, gram: &str| {
        let bytes = std::iter::once(kind).chain(gram.bytes());
        let hash = bytes
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let place = usize::try_from(hash).unwrap_or_default() % WIDTH;
        counts[place] += 1.0;
    };
    for word in &words {
        add(1, word);
        let letters = format!(" {word} ").chars().collect::<Vec<_>>();
        for three in letters.windows(3) {
            add(3, &three.iter().collect::<String>());
        }
    }
    for pair in words.windows(2) {
        add(2, &pair.join(" "));
    }
    let counts = counts.into_iter().map(f64::sqrt).collect::<Vec<_>>();
    let length = counts.iter().map(|count| count * count).sum::<f64>().sqrt();
    if length > 0.0 { counts.into_iter().map(|count| count / length).collect() } else { counts }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &str, b: &str) -> f64 {
        hashed(a).iter().zip(hashed(b)).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn case_and_apostrophes_change_nothing_and_order_does() {
        assert!((alike("Can’t lift my ARM", "can't lift my arm") - 1.0).abs() < 1e-12);
        assert!(alike("no pain", "pain no") < 0.999);
        assert!(
            alike("left knee hurts", "left knee is hurting")
                > alike("left knee hurts", "slept well")
        );
    }

    #[test]
    fn a_note_has_length_one_or_is_nothing() {
        assert!((alike("knee", "knee") - 1.0).abs() < 1e-12);
        assert!(hashed("… 🤮").iter().all(|number| *number == 0.0));
    }
}
